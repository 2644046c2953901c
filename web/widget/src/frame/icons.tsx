/** Signs as lines of one width; each is decoration beside words or a label. */

const PATHS = {
  chat: "M4 12a8 7 0 1 1 3.4 5.7L4 19l1-3.2A6.6 6.6 0 0 1 4 12Z",
  close: "M6 6l12 12M18 6 6 18",
  down: "m6 9 6 6 6-6",
  back: "m14 6-6 6 6 6",
  send: "M12 19V5m-6 6 6-6 6 6",
  plus: "M12 5v14M5 12h14",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.6-3.6 3.4-5.5 7-5.5s6.400 1.900 7 5.500",
  up: "M8 11v8H5v-8h3Zm0 0 3-7c1.500 0 2.300 1 2 2.500L12.500 10H17c1.300 0 2.100 1 1.800 2.200l-1.300 5.200c-.3 1-1 1.600-2 1.600H8",
  thumbDown:
    "M16 13V5h3v8h-3Zm0 0-3 7c-1.500 0-2.300-1-2-2.500l.5-3.500H7c-1.300 0-2.100-1-1.800-2.200l1.300-5.200c.3-1 1-1.600 2-1.600H16",
  star: "m12 4 2.500 5.200 5.700.8-4.100 4 1 5.700L12 17l-5.100 2.700 1-5.700-4.100-4 5.700-.8Z",
  save: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  clip: "m19 11.500-7.300 7.300a4.700 4.700 0 0 1-6.600-6.600l8-8a3.100 3.100 0 0 1 4.400 4.400l-7.600 7.600a1.600 1.600 0 0 1-2.200-2.200l6.900-6.900",
  sound: "M5 9.500v5h3.500L13 18V6L8.500 9.500H5Zm11-1a5 5 0 0 1 0 7m2.500-9.500a8.500 8.500 0 0 1 0 12",
  silence: "M5 9.500v5h3.500L13 18V6L8.500 9.500H5Zm11 .5 4 4m0-4-4 4",
  book: "M5 5.500C7.500 4.600 10 4.900 12 6.200c2-1.300 4.500-1.600 7-.7V18c-2.500-.9-5-.6-7 .7-2-1.300-4.500-1.600-7-.7V5.500ZM12 6.200v12.500",
};

export function Icon({ name, filled = false }: { name: keyof typeof PATHS; filled?: boolean }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" data-filled={filled || undefined}>
      <path d={PATHS[name]} />
    </svg>
  );
}
