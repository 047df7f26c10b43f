import { ApiError, authorization, errorFrom, refresh } from "./http";
import type { IngestReport, Sharing } from "./types";

type Progress = (share: number) => void;

export interface UploadTo {
  collection: string;
  /** Without it a new document is open to all readers of its collection. */
  sharing?: Sharing;
}

/** Upload one file; `progress` is told the share sent, 0..1. XMLHttpRequest, because fetch does not tell it. */
export async function upload(file: File, to: UploadTo, progress: Progress, signal?: AbortSignal): Promise<IngestReport> {
  try {
    return await attempt(file, to, progress, signal);
  } catch (error) {
    const expired = error instanceof ApiError && error.status === 401 && (await refresh());
    if (!expired) throw error;
    return attempt(file, to, progress, signal);
  }
}

function attempt(file: File, { collection, sharing }: UploadTo, progress: Progress, signal?: AbortSignal): Promise<IngestReport> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    form.append("collection", collection);
    for (const reader of sharing?.readers ?? []) form.append("readers", reader);
    if (sharing?.tlp) form.append("tlp", sharing.tlp);
    request.open("POST", "/v1/documents");
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      const body: unknown = request.responseText ? JSON.parse(request.responseText) : null;
      if (request.status < 300) resolve(body as IngestReport);
      else reject(errorFrom(request.status, body));
    };
    request.onerror = () => reject(errorFrom(0, null));
    request.onabort = () => reject(new DOMException("Stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
