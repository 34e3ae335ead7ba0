/** A hue that a name always has. */
const hueOf = (name: string): number => [...name].reduce((hue, letter) => (hue * 31 + letter.charCodeAt(0)) % 360, 7);

/** A circle with the first letter of a name, in a colour of its own. It says nothing that the name beside it doesn't. */
export const Avatar = ({ name, size = 40 }: { name: string; size?: number }) => {
  const hue = hueOf(name);
  return (
    <svg className="avatar" width={size} height={size} viewBox="0 0 40 40" aria-hidden="true">
      <circle cx="20" cy="20" r="20" fill={`oklch(0.62 0.11 ${hue})`} />
      <path d="M2 29c6 0 6-4 12-4s6 4 12 4 6-4 12-4" fill="none" stroke="#fff" strokeOpacity="0.28" strokeWidth="3" />
      <text x="20" y="26" textAnchor="middle" fill="#fff" fontSize="18" fontWeight="600">
        {name.charAt(0).toUpperCase()}
      </text>
    </svg>
  );
};
