import "@mantine/core/styles.css";
import "virtual:theme.css";
import "./styles/base.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./App";
import { Appearance } from "./Appearance";
import { startLanguage } from "./i18n";
import { makeQueryClient } from "./queries";

const queries = makeQueryClient();
const root = createRoot(document.getElementById("root") as HTMLElement);

await startLanguage();
root.render(
  <StrictMode>
    <Appearance>
      <QueryClientProvider client={queries}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </Appearance>
  </StrictMode>,
);
