/** Eventarc names the subscription that it makes after the trigger, and that after the function. */
const madeByEventarc = /^eventarc-[a-z]+-[a-z]+\d+-(.+?)(?:-\d+)?-sub-\d+$/;

/** The function to which a subscription delivers; ours are named after it. */
export function functionOf(subscription: string): string {
  return madeByEventarc.exec(subscription)?.[1] ?? subscription;
}
