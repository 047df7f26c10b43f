import { lazy, Suspense } from "react";
import { Route, Routes } from "react-router";
import { ChatPage } from "./chat/ChatPage";
import { Layout } from "./layout/Layout";
import NotFound from "./pages/NotFound";
import { Loading } from "./parts/Loading";
import { SignedIn } from "./session/SignedIn";
import { WithAccounts } from "./session/WithAccounts";

const Documents = lazy(() => import("./pages/Documents"));
const DocumentPage = lazy(() => import("./pages/DocumentPage"));
const Questions = lazy(() => import("./pages/Questions"));
const QuestionPage = lazy(() => import("./pages/QuestionPage"));
const Spread = lazy(() => import("./pages/Spread"));
const SpreadModels = lazy(() => import("./pages/SpreadModels"));
const SpreadPage = lazy(() => import("./pages/SpreadPage"));
const Account = lazy(() => import("./pages/Account"));
const Admin = lazy(() => import("./pages/Admin"));
const SignIn = lazy(() => import("./pages/SignIn"));
const Register = lazy(() => import("./pages/Register"));
const Forgot = lazy(() => import("./pages/Forgot"));
const Reset = lazy(() => import("./pages/Reset"));

/** All pages. What stands under `SignedIn` needs a session, unless the server asks nobody to sign in. */
export function App() {
  return (
    <Suspense fallback={<Loading />}>
      <Routes>
        <Route element={<Layout />}>
          <Route element={<SignedIn />}>
            <Route index element={<ChatPage />} />
            <Route path="c/:id" element={<ChatPage />} />
            <Route path="documents" element={<Documents />} />
            <Route path="documents/:id" element={<DocumentPage />} />
            <Route path="questions" element={<Questions />} />
            <Route path="questions/:id" element={<QuestionPage />} />
            <Route path="spread" element={<Spread />} />
            <Route path="spread/:network/models/:job?" element={<SpreadModels />} />
            <Route path="spread/:network/:job?" element={<SpreadPage />} />
          </Route>
          <Route element={<WithAccounts />}>
            <Route element={<SignedIn />}>
              <Route path="account" element={<Account />} />
            </Route>
            <Route element={<SignedIn role="admin" />}>
              <Route path="admin/:part?" element={<Admin />} />
            </Route>
            <Route path="sign-in" element={<SignIn />} />
            <Route path="register" element={<Register />} />
            <Route path="forgot" element={<Forgot />} />
            <Route path="reset" element={<Reset />} />
          </Route>
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </Suspense>
  );
}
