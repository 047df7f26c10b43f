import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, type IngestReport } from "../api";
import type { UploadTo } from "../api/upload";
import { changedDocuments } from "../queries";

export interface Upload {
  id: number;
  file: File;
  state: "waiting" | "sending" | "reading" | "done" | "failed" | "stopped";
  /** Sent so far, 0..1. */
  share: number;
  report?: IngestReport;
  error?: unknown;
}

/** Files on their way in, one after the other; they go on while the dialog is closed, and stop with the page. */
export function useUploads() {
  const queries = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const count = useRef(0);
  const stopping = useRef(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);

  const change = useCallback(
    (id: number, part: Partial<Upload>) => setUploads((all) => all.map((one) => (one.id === id ? { ...one, ...part } : one))),
    [],
  );
  const add = useCallback((files: readonly File[]) => {
    const added = files.map((file): Upload => ({ id: count.current++, file, state: "waiting", share: 0 }));
    setUploads((all) => [...all, ...added]);
  }, []);
  const drop = useCallback((id: number) => setUploads((all) => all.filter((one) => one.id !== id)), []);
  const clear = useCallback(() => setUploads((all) => all.filter((one) => one.state === "sending" || one.state === "reading")), []);
  const stop = useCallback(() => {
    stopping.current.abort();
    setUploads((all) => all.map((one) => (one.state === "waiting" ? { ...one, state: "stopped" } : one)));
  }, []);

  const send = async (to: UploadTo) => {
    const { signal } = (stopping.current = new AbortController());
    for (const { id, file } of uploads.filter((one) => one.state === "waiting" || one.state === "stopped")) {
      if (signal.aborted) break;
      change(id, { state: "sending", share: 0 });
      const progress = (share: number) => change(id, { share, state: share < 1 ? "sending" : "reading" });
      try {
        const report = await api.documents.upload(file, to, progress, signal);
        const read = report.documents + report.skipped > 0 || report.failed.length === 0;
        change(id, { state: read ? "done" : "failed", report });
      } catch (error) {
        change(id, signal.aborted ? { state: "stopped" } : { state: "failed", error });
      }
    }
    await changedDocuments(queries);
  };
  const busy = uploads.some((one) => one.state === "sending" || one.state === "reading");
  return { uploads, busy, add, drop, clear, stop, send };
}

export type Uploads = ReturnType<typeof useUploads>;
