import { useTranslation } from "react-i18next";
import { useMe } from "../queries";
import { may } from "../session/may";

export interface Place {
  to: string;
  label: string;
}

/** Where whoever is here may go. */
export function usePlaces(): Place[] {
  const { t } = useTranslation();
  const me = useMe().data;
  if (!may(me, "reader")) return [];
  const places = [
    { to: "/", label: t("nav.chat") },
    { to: "/documents", label: t("nav.documents") },
    { to: "/questions", label: t("nav.questions") },
    { to: "/spread", label: t("nav.spread") },
  ];
  return me?.sign_in && may(me, "admin") ? [...places, { to: "/admin", label: t("nav.admin") }] : places;
}
