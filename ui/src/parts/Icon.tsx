/** Line icons on a grid of 24: each is the `d` of a path. */
const PATHS = {
  add: "M12 5v14M5 12h14",
  alert: "M12 4 3 19.5h18ZM12 10v4M12 17v.01",
  arrowUp: "M12 19V5M6 11l6-6 6 6",
  auto: "M12 4a8 8 0 1 0 0 16ZM12 4a8 8 0 0 1 0 16",
  book: "M5 5a2 2 0 0 1 2-2h12v15H7a2 2 0 0 0-2 2ZM5 20a2 2 0 0 0 2 1h12v-3",
  check: "m5 12.5 4.5 4.5L19 7.5",
  chevronDown: "m6 9.5 6 6 6-6",
  chevronLeft: "m14.5 6-6 6 6 6",
  chevronRight: "m9.5 6 6 6-6 6",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 8v4l3 2",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9ZM5 15H4V4h11v1",
  document: "M6 3h8l5 5v13H6ZM14 3v5h5",
  dots: "M5 12h.01M12 12h.01M19 12h.01",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  edit: "M4 20h4L19 9l-4-4L4 16ZM13 7l4 4",
  external: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  globe: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM4 12h16M12 4c-5 5-5 11 0 16M12 4c5 5 5 11 0 16",
  help: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM9.7 9.5a2.3 2.3 0 1 1 3.3 2.1c-.7.4-1 .9-1 1.7M12 16v.01",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM12 11v5M12 8v.01",
  key: "M15 4a5 5 0 1 0 0 10 5 5 0 0 0 0-10ZM11.5 12.5 4 20M7 17l2.5 2.5",
  keyboard: "M3 7h18v10H3ZM7 10.5h.01M12 10.5h.01M17 10.5h.01M8 14h8",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2",
  list: "M5 7h14M5 12h14M5 17h14",
  mail: "M3.5 6h17v12.5h-17ZM4 7l8 6 8-6",
  minus: "M5 12h14",
  moon: "M19 14.5A7.5 7.5 0 1 1 10 5a6 6 0 0 0 9 9.5Z",
  person: "M12 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM5 20c.8-3.5 3.6-5 7-5s6.2 1.5 7 5",
  play: "M8 5.5v13l10.5-6.5Z",
  refresh: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  search: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12ZM15 15l5 5",
  shield: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6ZM9 12l2 2 4-4",
  sidebar: "M4 5h16v14H4ZM10 5v14",
  signOut: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
  stop: "M7 7h10v10H7Z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  thumbDown: "M7 4h9l3 8v2h-6v5a2 2 0 0 1-2 2l-4-8ZM7 4v9H4V4Z",
  thumbUp: "M7 20h9l3-8v-2h-6V5a2 2 0 0 0-2-2l-4 8ZM7 20v-9H4v9Z",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  upload: "M12 16V5M7 9l5-5 5 5M5 20h14",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: what it stands for is said by the text or label beside it. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
