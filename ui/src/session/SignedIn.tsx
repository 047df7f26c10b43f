import { Navigate, Outlet, useLocation } from "react-router";
import type { Role } from "../api";
import { Loading } from "../parts/Loading";
import { Problem } from "../parts/Problem";
import { useMe } from "../queries";
import { may } from "./may";

/** Lets through who is signed in (and may do what `role` may); everybody, where nobody signs in. */
export function SignedIn({ role = "reader" }: { role?: Role }) {
  const me = useMe();
  const place = useLocation();
  if (me.isPending) return <Loading />;
  if (me.isError) return <Problem inset error={me.error} again={() => void me.refetch()} />;
  if (me.data.sign_in && !me.data.person) {
    return <Navigate to="/sign-in" replace state={{ from: place.pathname + place.search }} />;
  }
  return may(me.data, role) ? <Outlet /> : <Navigate to="/" replace />;
}
