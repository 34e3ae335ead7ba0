/** AWS: in most cases within two days. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
const LATEST_MS = 2 * 24 * 3_600_000;
/** Most goes within minutes, little takes long. */
const POWER = 8;

/**
 * How long after its time an item goes. Until then every read shows it, so whoever reads must look at the time itself.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 * @param chance in [0, 1)
 */
export const expiryDelayMs = (chance: number): number => LATEST_MS * chance ** POWER;
