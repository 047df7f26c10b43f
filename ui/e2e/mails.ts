import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A mail server, and the folder in which each mail that it takes becomes a file. Given by whoever starts these tests
 * (tests/journeys/test_page.py does); without them, what needs mail is skipped. */
export const SMTP = process.env.VEDETTE_E2E_SMTP ?? "";
const FOLDER = process.env.VEDETTE_E2E_MAILS ?? "";
const LONGEST_MS = 90_000;

interface Mail {
  to: string[];
  subject: string;
  text: string;
}

/** The text of the mail that somebody gets under a subject, as soon as it is there. */
export async function mailed(to: string, subject: string): Promise<string> {
  for (const end = Date.now() + LONGEST_MS; Date.now() < end; await wait(100)) {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
    const mails = files.map((name): Mail => JSON.parse(readFileSync(join(FOLDER, name), "utf8")));
    const found = mails.find((mail) => mail.to.includes(to) && mail.subject === subject);
    if (found) return found.text;
  }
  throw new Error(`No mail “${subject}” came to ${to}.`);
}
