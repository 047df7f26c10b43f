import { TextInput, type TextInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function AddressField(props: TextInputProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      name="email"
      type="email"
      label={t("account.email")}
      required
      withAsterisk={false}
      maxLength={254}
      autoComplete="username"
      {...props}
    />
  );
}
