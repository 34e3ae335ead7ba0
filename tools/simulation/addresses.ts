/** People of whom one in so many works in the office, where everybody has one address. */
const OFFICE_EVERY = 3;
/** The addresses of the examples of RFC 5737 and RFC 3849. */
const OFFICE = '203.0.113.1';
const MOBILE = '198.51.100.';
const HOME = '2001:db8:0:';

/**
 * The source address of each of a person's devices. The people of the office share one IPv4 address. Everybody else has an
 * IPv6 network at home, and a mobile network for every second device.
 * @param person the number of the person, from 0 on
 */
export const addressesOf = (person: number, devices: number): string[] =>
  Array.from({ length: devices }, (_, device) => {
    if (person % OFFICE_EVERY === 0) return OFFICE;
    if (device % 2 === 1) return `${MOBILE}${1 + (person % 254)}`;
    return `${HOME}${(person + 1).toString(16)}::${(device + 1).toString(16)}`;
  });
