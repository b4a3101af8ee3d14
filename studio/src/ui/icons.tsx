// Drawn on a grid of 24; all of them stand beside a name that says the same.
const PATHS = {
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z",
  close: "M6 6l12 12M18 6L6 18",
  theme: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
  dice: "M5 4h14v16H5zM9 8.5h.01M15 8.5h.01M12 12h.01M9 15.5h.01M15 15.5h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  download: "M12 4v11M7.5 10.5L12 15l4.5-4.5M5 20h14",
  swap: "M7 4v16M7 4L4 7M7 4l3 3M17 20V4M17 20l-3-3M17 20l3-3",
  brush: "M4 20c3 0 4.5-1 4.5-3.2A2.3 2.3 0 0 0 4.2 16C4 17.5 5 18.500 4 20zM9 14L19.500 4.500",
  again: "M4.500 12a7.500 7.500 0 1 0 2.500-5.600M4.500 4.500v4h4",
  form: "M4 7h16M4 12h16M4 17h9",
  vary: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  fork: "M6 4v16M6 12c8 0 12-2 12-8M15 6.500L18 4l2.500 2.500",
} as const;

export function Icon({ name, filled }: { name: keyof typeof PATHS; filled?: boolean }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      aria-hidden="true"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
