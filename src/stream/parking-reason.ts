/** Why a record was parked, as the log and the bucket tell it. */
export interface ParkingReason {
  message: string;
  name?: string;
  /** The stable code of an error of ours; `docs/errors.md` says what to do about each. */
  code?: string;
}

export const parkingReason = (error: unknown): ParkingReason => {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, code } = error as Error & { code?: unknown };
  return { name, message, ...(typeof code === 'string' && { code }) };
};
