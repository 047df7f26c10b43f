import type { NewNetwork } from "../api/spread";

type Sent = NewNetwork["files"][number];

/** A file as the server takes it: its text, or the bytes of a zip (BloodHound's) in base64. */
export async function sent(file: File): Promise<Sent> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const zip = first === 0x50 && second === 0x4b; // "PK"
  return zip ? { name: file.name, content: await base64(file), encoding: "base64" } : { name: file.name, content: await file.text() };
}

function base64(file: File): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] ?? "");
    reader.onerror = () => failed(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}
