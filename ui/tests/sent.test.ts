import { describe, expect, it } from "vitest";
import { sent } from "../src/spread/sent";

describe("a file of a network", () => {
  it("is sent as text, or as base64 where it is a zip", async () => {
    const zip = new Uint8Array([0x50, 0x4b, 3, 4, 0, 255, 128]);
    expect(await sent(new File(["host,port\nweb-1,443\n"], "hosts.csv"))).toEqual({ name: "hosts.csv", content: "host,port\nweb-1,443\n" });
    expect(await sent(new File([zip], "export.zip"))).toEqual({ name: "export.zip", content: "UEsDBAD/gA==", encoding: "base64" });
    expect(await sent(new File([], "empty.csv"))).toEqual({ name: "empty.csv", content: "" });
  });
});
