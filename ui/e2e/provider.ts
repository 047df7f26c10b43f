import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A provider of language models that answers every question with the same text, over the OpenAI chat wire. */
export async function provider(text: string): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const chunk = (delta: object, finish: string | null) =>
        `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "fake", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      for (const word of text.split(/(?<= )/)) response.write(chunk({ content: word }, null));
      response.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
    });
  });
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, stop: () => void server.close() };
}

/** The settings of a chain of providers, the first of them first. */
export const chain = (urls: Record<string, string>): string =>
  Object.entries(urls)
    .map(([name, url]) => `[[providers]]\nname = "${name}"\nurl = "${url}"\nmodel = "fake"\ntimeout_s = 60\n`)
    .join("\n");
