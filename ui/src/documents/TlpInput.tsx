import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";

export const LABELS = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"] as const;

interface Props {
  value: string;
  onChange: (label: string) => void;
}

/** How far a document may go: a label of the Traffic Light Protocol 2.0, or none. */
export function TlpInput({ value, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      label={t("sharing.tlp")}
      description={t("sharing.tlpHint")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: "", label: t("sharing.noTlp") }, ...LABELS.map((label) => ({ value: label, label: `TLP:${label}` }))]}
    />
  );
}
