import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props extends PasswordInputProps {
  /** A new password: its rules are said before it is typed. */
  fresh?: boolean;
}

/** A password that can be pasted and looked at. */
export function PasswordField({ fresh = false, ...others }: Props) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      name="password"
      label={t("account.password")}
      required
      withAsterisk={false}
      maxLength={256}
      autoComplete={fresh ? "new-password" : "current-password"}
      description={fresh ? t("account.passwordRules") : undefined}
      aria-invalid={others.error ? true : undefined}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ "aria-label": t("account.showPassword") }}
      {...others}
    />
  );
}
