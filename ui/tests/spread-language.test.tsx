import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { chooseLanguage } from "../src/i18n";
import { fakeSpread } from "./fakes/spread";
import { show } from "./fakes/show";
import { RateTable } from "../src/spread/RateTable";
import { useForecast } from "../src/spread/useForecasts";

const State = () => <p>{useForecast("f1").data?.state}</p>;
afterEach(() => chooseLanguage("en"));

it("asks for a forecast's sentences in the language of the page, and again when that changes", async () => {
  fakeSpread();
  const server = fetch;
  const asked: (string | undefined)[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit = {}) => {
    if (path === "/v1/forecasts/f1") asked.push((init.headers as Record<string, string>)["accept-language"]);
    return server(path, init);
  });
  show(<State />);
  await screen.findByText("done");
  expect(asked).toEqual(["en"]);
  await chooseLanguage("fr");
  await waitFor(() => expect(asked).toEqual(["en", "fr"]));
});

it("says in words what a link carries without a vulnerability", async () => {
  fakeSpread();
  await chooseLanguage("es");
  show(<RateTable rates={[{ source: "web-1", target: "db-1", cve: "override", rate: 2, factors: [["indicada a mano", 2]] }]} />);
  expect(screen.getByRole("cell", { name: "Tasa indicada a mano" })).toBeTruthy();
});
