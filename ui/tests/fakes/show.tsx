import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { App } from "../../src/App";
import { Appearance } from "../../src/Appearance";
import { makeQueryClient } from "../../src/queries";

/** Shows a part with all that stands around it in the page. */
export function show(part: ReactNode, path = "/") {
  return render(
    <Appearance env="test">
      <QueryClientProvider client={makeQueryClient()}>
        <MemoryRouter initialEntries={[path]}>{part}</MemoryRouter>
      </QueryClientProvider>
    </Appearance>,
  );
}

/** The whole page at an address. */
export const open = (path = "/") => show(<App />, path);
