/** The name, with its sign: something small above deep water. */
export const Brand = () => (
  <>
    <svg className="brand-sign" width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <circle className="brand-thought" cx="16" cy="8" r="3.600" />
      <g fill="none" stroke="currentColor" strokeWidth="2.400" strokeLinecap="round">
        <path d="M4 19c4 0 4-3 8-3s4 3 8 3 4-3 8-3" />
        <path d="M4 26c4 0 4-3 8-3s4 3 8 3 4-3 8-3" opacity="0.5" />
      </g>
    </svg>
    Deep Thoughts
  </>
);
