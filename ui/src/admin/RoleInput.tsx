import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Role } from "../api";

const ROLES: Role[] = ["reader", "editor", "admin"];

export function RoleInput({ role }: { role: Role }) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      name="role"
      label={t("admin.role")}
      description={t("admin.roleHint")}
      defaultValue={role}
      data={ROLES.map((one) => ({ value: one, label: t(`role.${one}`) }))}
    />
  );
}
