import type { Me, Role } from "../api";

const ROLES: Role[] = ["reader", "editor", "admin"];

/** Whether who is here may do what `role` may. The server decides again at each request. */
export function may(me: Me | undefined, role: Role): boolean {
  if (!me) return false;
  if (!me.sign_in) return true;
  return me.person !== null && ROLES.indexOf(me.person.role) >= ROLES.indexOf(role);
}
