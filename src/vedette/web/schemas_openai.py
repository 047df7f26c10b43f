"""Bodies of OpenAI's wire (API reference, "Chat Completions" and "Models"), as far as Vedette reads and writes them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vedette.errors import BadInput
from vedette.records import LONGEST_QUESTION, Question, Turn
from vedette.web.config import check_question
from vedette.web.numbered import without_sources
from vedette.web.schemas import AnswerBody, ErrorDetail

MOST_MESSAGES, MOST_TURNS, LONGEST_ANSWER = 1000, 50, 50_000


class Lenient(BaseModel):
    """A body of which only the known parameters are read."""

    model_config = ConfigDict(extra="ignore")


class PartBody(Lenient):
    type: str = Field(description="`text`; parts of any other kind are refused.")
    text: str = ""


class MessageBody(Lenient):
    role: str = Field(description="`user` and `assistant` are read; other roles are left out.")
    content: str | list[PartBody] | None = Field(None, description="A text, or parts of text.")

    def words(self) -> str:
        """The text of the message. Raises BadInput for an image, a sound or a file."""
        if not isinstance(self.content, list):
            return self.content or ""
        if other := next((part.type for part in self.content if part.type not in ("text", "refusal")), None):
            raise BadInput(f"A message has a part of the kind {other[:40]!r}; send text alone.")
        return "\n".join(part.text for part in self.content)


class StreamOptions(Lenient):
    include_usage: bool | None = False


class ChatBody(Lenient):
    """A chat. What is not listed here is left out: temperature, max_tokens, tools, user and so on."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "example": {"model": "vedette", "messages": [{"role": "user", "content": "What mitigates T1110?"}]}
        },
    )
    model: str = Field(max_length=300, description="`vedette`, or `vedette/COLLECTION`.")
    messages: list[MessageBody] = Field(
        min_length=1, max_length=MOST_MESSAGES, description="The last one of the user is the question."
    )
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(1, description="1: there is one answer.")
    tool_choice: Any = Field(None, description="`auto` or `none`: Vedette calls no tools.")
    response_format: dict[str, Any] | None = Field(None, description="`text`: answers are Markdown.")

    @property
    def usage_wanted(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)

    def question(self, collection: str) -> Question:
        """The last user message, and what was said before it. Raises BadInput, TooLarge."""
        self._refuse_what_cannot_be_done()
        spoken = [(message.role, message.words()) for message in self.messages if message.role in ("user", "assistant")]
        last = max((place for place, (role, _) in enumerate(spoken) if role == "user"), default=None)
        if last is None:
            raise BadInput("No message is of the role user; send the question as one.")
        return Question(check_question(spoken[last][1]), collection, history=_turns(spoken[:last]))

    def _refuse_what_cannot_be_done(self) -> None:
        if self.n is not None and self.n != 1:
            raise BadInput(f"n is {self.n}; Vedette gives one answer, so leave n out.")
        if self.tool_choice not in (None, "auto", "none"):
            raise BadInput("tool_choice demands a tool; Vedette calls none, so leave it out.")
        kind = (self.response_format or {}).get("type", "text")
        if kind != "text":
            raise BadInput(f"response_format is {str(kind)[:40]!r}; answers are text, so leave it out.")


def _turns(spoken: list[tuple[str, str]]) -> tuple[Turn, ...]:
    """Questions with what was answered to each, cut to what a question's history may hold."""
    turns: list[Turn] = []
    for role, text in spoken:
        if role == "user":
            turns.append(Turn(text[:LONGEST_QUESTION], ""))
        elif turns:
            answer = "\n".join(filter(None, (turns[-1].answer, without_sources(text))))
            turns[-1] = Turn(turns[-1].question, answer[:LONGEST_ANSWER])
    return tuple(turns[-MOST_TURNS:])


class Model(BaseModel):
    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "vedette"


class ModelsBody(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]


class Said(BaseModel):
    role: Literal["assistant"] = "assistant"
    content: str = Field(description="Markdown with markers such as [1], and the list of the sources.")
    refusal: None = None


class Choice(BaseModel):
    index: int = 0
    message: Said
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    prompt_tokens: int = Field(description="Words and signs of the messages.")
    completion_tokens: int
    total_tokens: int


class CompletionBody(BaseModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    vedette: AnswerBody = Field(description="The answer as /v1/ask gives it: claims, sources, refusal and the rest.")


class OpenAiErrorDetail(ErrorDetail):
    type: str
    param: str | None
    code: str | None


class OpenAiErrorBody(BaseModel):
    error: OpenAiErrorDetail
