import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { IconAction } from "../parts/IconAction";
import { useMe } from "../queries";
import { ColourScheme } from "./ColourScheme";
import { LanguageMenu } from "./LanguageMenu";
import classes from "./Layout.module.css";
import { MainMenu } from "./MainMenu";
import { usePlaces } from "./usePlaces";

export function Header({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const places = usePlaces();
  const me = useMe().data;
  const { pathname } = useLocation();
  return (
    <header className={classes.header}>
      <Link to="/" className={classes.brand} aria-label={t("nav.home")}>
        <img src="/vedette.svg" alt="" width={26} height={26} />
        <span>Vedette</span>
      </Link>
      <nav aria-label={t("nav.main")} className={classes.nav}>
        {places.map(({ to, label }) => (
          <Link key={to} to={to} className={classes.link} aria-current={isAt(to, pathname) ? "page" : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <div className={classes.tools}>
        <div className={classes.wide}>
          <IconAction size="lg" iconSize={18} label={t("shortcuts.title")} icon="keyboard" onClick={onHelp} />
        </div>
        <LanguageMenu />
        <ColourScheme />
        {me?.sign_in && !me.person && (
          <Link to="/sign-in" className={classes.link}>
            {t("nav.signIn")}
          </Link>
        )}
        <MainMenu places={places} onHelp={onHelp} />
      </div>
    </header>
  );
}

/** The chat is at / and, for each conversation, under /c. */
function isAt(place: string, pathname: string): boolean {
  return place === "/" ? pathname === "/" || pathname.startsWith("/c/") : pathname.startsWith(place);
}
