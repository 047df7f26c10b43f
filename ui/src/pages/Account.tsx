import { useTranslation } from "react-i18next";
import { DataSection } from "../account/DataSection";
import { KeySection } from "../account/KeySection";
import { PasswordForm } from "../account/PasswordForm";
import { ProfileForm } from "../account/ProfileForm";
import { SessionSection } from "../account/SessionSection";
import { PageFrame } from "../parts/PageFrame";
import { useMe } from "../queries";

/** One's own account: name and language, password, where one is signed in, keys for programs, what is kept. */
export default function Account() {
  const { t } = useTranslation();
  const person = useMe().data?.person;
  if (!person) return null;
  return (
    <PageFrame title={t("nav.account")}>
      <ProfileForm person={person} />
      <PasswordForm />
      <SessionSection />
      <KeySection />
      <DataSection />
    </PageFrame>
  );
}
