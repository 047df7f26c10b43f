/** Small documents that are read in a moment. */
export const LIBRARY: Record<string, string> = {
  "passwords.md":
    "# Storing passwords\n\n## Hashing\n\nStore passwords with Argon2id, using a memory cost of 19 MiB and two iterations. " +
    "Every password hash has a random salt of its own.\n\n## Rotation\n\nChange a password when there are signs that it was stolen.\n",
  "backups.txt":
    "Backups\n\nBackups are written every night at 02:00 and copied to a second site. A restore is rehearsed every quarter.\n" +
    "The backup keys are held by the head of operations and by nobody else.\n",
  "phishing.html":
    "<!doctype html><html><head><title>Phishing plan</title></head><body><h1>Phishing plan</h1><ol>" +
    "<li>Ask the reporter to forward the phishing message as an attachment.</li>" +
    "<li>Block the sender and the address of the page at the gateway.</li></ol></body></html>",
  "broken.pdf": "%PDF-1.7\nthis is not a PDF\n",
};

const CLAIM = "The lighthouse keeper logs every passing vessel in the green ledger.";
export const PDF_QUESTION = "Where does the lighthouse keeper log every passing vessel?";
/** Words of the claim, as they stand on the page. */
export const PDF_WORDS = "green ledger";

/** A PDF of two pages; the claim stands on the second. */
export const lighthouse = (): Buffer =>
  pdf([
    ["Lighthouse manual", "This manual says how the lighthouse on the northern cape is run."],
    ["Watch duty", CLAIM, "The ledger is closed at sunrise and carried to the harbour office."],
  ]);

/** A PDF with these lines on each page, in Helvetica. */
function pdf(pages: string[][]): Buffer {
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"];
  const kids: string[] = [];
  for (const lines of pages) {
    const shown = lines.map((line, place) => `${place ? "0 -28 Td" : ""} (${line.replace(/[()\\]/g, "\\$&")}) Tj`).join("\n");
    const stream = `BT /F1 14 Tf 72 720 Td\n${shown}\nET`;
    const number = objects.length + 1;
    kids.push(`${number} 0 R`);
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${number + 1} 0 R >>`);
    objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
  }
  objects[1] = `<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${kids.length} >>`;
  let text = "%PDF-1.4\n";
  const places = objects.map((object, place) => {
    const at = text.length;
    text += `${place + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = places.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  return Buffer.from(`${text}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`);
}
