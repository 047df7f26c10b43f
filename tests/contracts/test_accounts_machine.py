"""Any sequence of signing in, carrying on, signing out, new passwords and disabling, against a model of a few lines."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from fakes.bureau import HERE, PASSWORD, Bureau
from vedette.errors import Forbidden, Unauthorized
from vedette.records import AccountChange
from vedette.storage.database import Database, open_database, sqlite_url

EMAIL = "ana@example.org"
DAY_S = 24 * 3600


@pytest.mark.slow
@dataclass
class Model:
    """One session as it ought to be: ended or not, and its tokens with the times at which they end."""

    refresh: str
    until: float
    access: dict[str, float] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    ended: bool = False


class AccountMachine(RuleBasedStateMachine):
    """The model: a token is taken exactly while its session lasts, nobody is disabled, and its own time is not up."""

    database: Database
    sessions = Bundle("sessions")

    def __init__(self) -> None:
        super().__init__()
        self.bureau = Bureau(self.database)
        self.everyone = {person.email: person for person in self.bureau.accounts.people()}
        if not self.everyone:
            self.everyone = {name: self.bureau.person(name, "admin") for name in ("root@example.org", EMAIL)}
        self.ana = self.everyone[EMAIL]
        self.bureau.accounts.change(self.ana.id, AccountChange(disabled=False), "test")
        self.bureau.accounts.reset(self.bureau.handed(EMAIL), PASSWORD, HERE)
        self.password = PASSWORD
        self.clock = 0.0
        self.disabled = False
        self.link: tuple[str, float] | None = None
        self.spent: list[str] = []
        self.models: list[Model] = []
        self.passwords = 0

    def _begun(self, access: str, refresh: str) -> Model:
        model = Model(refresh, self.clock + 14 * DAY_S, {access: self.clock + DAY_S})
        self.models.append(model)
        return model

    def _end_all(self) -> None:
        for model in self.models:
            model.ended = True

    def _next_password(self) -> str:
        self.passwords += 1
        return f"a phrase of many words, {self.passwords}"

    @rule(target=sessions)
    def sign_in(self) -> Model:
        if self.disabled:
            with pytest.raises(Unauthorized):
                self.bureau.sign_in(password=self.password)
            return Model("vr_never", 0, ended=True)
        session = self.bureau.sign_in(password=self.password)
        return self._begun(session.access_token, session.refresh_token)

    @rule()
    def sign_in_with_another_password(self) -> None:
        with pytest.raises(Unauthorized):
            self.bureau.sign_in(password=self.password + "!")

    @rule(model=sessions)
    def refresh(self, model: Model) -> None:
        lives = not model.ended and not self.disabled and self.clock < model.until
        if not lives:
            with pytest.raises(Unauthorized):
                self.bureau.accounts.refresh(model.refresh, HERE)
            return
        session = self.bureau.accounts.refresh(model.refresh, HERE)
        model.used.append(model.refresh)
        model.refresh, model.until = session.refresh_token, self.clock + 14 * DAY_S
        model.access[session.access_token] = self.clock + DAY_S

    @rule(model=sessions)
    def refresh_with_a_used_token(self, model: Model) -> None:
        for token in model.used[:1]:
            with pytest.raises(Unauthorized):
                self.bureau.accounts.refresh(token, HERE)
            if self.clock < model.until and not self.disabled:
                model.ended = True

    @rule(model=sessions)
    def sign_out(self, model: Model) -> None:
        for access, until in list(model.access.items())[-1:]:
            if self.clock < until and not model.ended:
                self.bureau.accounts.sign_out(access)
                model.ended = True
            else:
                with pytest.raises(Unauthorized):
                    self.bureau.accounts.sign_out(access)

    @rule()
    def ask_for_a_link(self) -> None:
        if self.link:
            self.spent.append(self.link[0])
        self.link = self.bureau.handed(EMAIL), self.clock + 1800

    @precondition(lambda self: self.link is not None)
    @rule()
    def reset(self) -> None:
        assert self.link is not None
        token, until = self.link
        chosen = self._next_password()
        if self.disabled or self.clock >= until:
            with pytest.raises(Unauthorized):
                self.bureau.accounts.reset(token, chosen, HERE)
            return
        self.bureau.accounts.reset(token, chosen, HERE)
        self.password, self.link = chosen, None
        self.spent.append(token)
        self._end_all()

    @precondition(lambda self: self.spent)
    @rule()
    def reset_by_a_spent_link(self) -> None:
        with pytest.raises(Unauthorized):
            self.bureau.accounts.reset(self.spent[-1], self._next_password(), HERE)

    @rule(target=sessions)
    def change_password(self) -> Model:
        chosen = self._next_password()
        if self.disabled:
            with pytest.raises(Forbidden):
                self.bureau.accounts.change_password(self.ana, self.password, chosen, HERE)
            return Model("vr_never", 0, ended=True)
        session = self.bureau.accounts.change_password(self.ana, self.password, chosen, HERE)
        self.password = chosen
        if self.link:
            self.spent.append(self.link[0])
            self.link = None
        self._end_all()
        return self._begun(session.access_token, session.refresh_token)

    @rule(disabled=st.booleans())
    def disable(self, disabled: bool) -> None:
        self.bureau.accounts.change(self.ana.id, AccountChange(disabled=disabled), "test")
        self.disabled = disabled
        if disabled:
            self._end_all()

    @rule(hours=st.sampled_from([0.4, 5, 23, 24, 200, 336]))
    def pass_time(self, hours: float) -> None:
        self.bureau.pass_time(hours=hours)
        self.clock += hours * 3600

    @invariant()
    def tokens_hold_exactly_as_the_model_says(self) -> None:
        self.bureau.forgive()  # else the throttle, which the model does not know, answers some day
        for model in self.models:
            for access, until in model.access.items():
                if not model.ended and self.clock < until and self.clock < model.until:
                    assert self.bureau.accounts.who(access).id == self.ana.id
                    self.bureau.accounts.recheck(access)
                else:
                    with pytest.raises(Unauthorized):
                        self.bureau.accounts.who(access)
                if model.ended or self.clock >= model.until:
                    with pytest.raises(Unauthorized):
                        self.bureau.accounts.recheck(access)

    def teardown(self) -> None:
        assert self.bureau.accounts.verify_audit().broken is None


CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
QUICK = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=CHECKS)
THOROUGH = settings(max_examples=80, stateful_step_count=50, deadline=None, suppress_health_check=CHECKS)


def test_accounts_do_what_the_model_says(database: Database) -> None:
    """A few walks on every database."""
    kind = type("Machine", (AccountMachine,), {"database": database})
    run_state_machine_as_test(kind, settings=QUICK)


@pytest.mark.slow
def test_accounts_do_what_the_model_says_for_long() -> None:
    """Many long walks, on SQLite in memory-backed storage where there is some."""
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        database = open_database(sqlite_url(Path(folder) / "people.db"))
        run_state_machine_as_test(type("Machine", (AccountMachine,), {"database": database}), settings=THOROUGH)
        database.close()
