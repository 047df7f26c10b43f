import { Outlet } from "react-router";
import { Loading } from "../parts/Loading";
import NotFound from "../pages/NotFound";
import { useMe } from "../queries";

/** Lets through where people sign in; where nobody does, there are no accounts to show. */
export function WithAccounts() {
  const me = useMe();
  if (me.isPending) return <Loading />;
  return me.data?.sign_in === false ? <NotFound /> : <Outlet />;
}
