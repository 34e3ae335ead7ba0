const PATHS = {
  home: 'M3 11 12 4l9 7v9h-6v-6H9v6H3z',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.5 12h17M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-6.500 8-6.500s7 1.500 8 6.500',
  letters: 'M4 5h16v11H9l-5 4z',
  reply: 'M10 7 4 12l6 5v-3c5 0 8 1 10 4 0-6-3-9.500-10-10z',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14.500c2 2.500 5 2.500 7 0M9 9.500v.01M15 9.500v.01',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.500 9v.01',
  out: 'M14 4h6v16h-6M3 12h11M10 8l4 4-4 4',
  up: 'M12 19V5M6 11l6-6 6 6',
  back: 'M19 12H5M11 6l-6 6 6 6',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing beside words that say the same. */
export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path
      d={PATHS[name]}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);
