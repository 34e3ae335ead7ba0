/** One follow, as a bill sees it. */
export interface Follow {
  /** Of the author. */
  postsPerDay: number;
  followers: number;
}

export interface Reader {
  pagesPerDay: number;
  follows: Follow[];
}

export interface Population {
  people: number;
  /** Whom each follows. */
  follows: number;
  /** Thoughts a day of an author, on average. */
  posts: number;
  /** Pages a day of a reader, on average. */
  pages: number;
  /** So many readers are looked at; the bill is theirs, multiplied. */
  sample: number;
}

/** How uneven authors and readers are: the standard deviations of the logarithms. */
const POSTS_SIGMA = 1;
const PAGES_SIGMA = 1.5;
/** Nobody is followed by more than this share of all. */
const MOST_FOLLOWED = 0.5;

/**
 * Readers of a town in which authors are followed by Zipf's law (the k-th has c/k followers), and post and read by
 * log-normal laws.
 * @param random in [0, 1)
 */
export const readersOf = ({ people, follows, posts, pages, sample }: Population, random: () => number): Reader[] => {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const logNormal = (mean: number, sigma: number) => mean * Math.exp(sigma * normal() - sigma ** 2 / 2);
  const followersOf = zipf(people, follows);
  const cumulative = new Float64Array(people);
  let sum = 0;
  for (let rank = 0; rank < people; rank++) cumulative[rank] = sum += followersOf(rank);
  const rates = Float64Array.from({ length: people }, () => logNormal(posts, POSTS_SIGMA));
  const follow = (): Follow => {
    const rank = firstAbove(cumulative, random() * sum);
    return { postsPerDay: rates[rank] ?? 0, followers: followersOf(rank) };
  };
  return Array.from({ length: sample }, () => ({
    pagesPerDay: logNormal(pages, PAGES_SIGMA),
    follows: Array.from({ length: follows }, follow),
  }));
};

/** How many follow the author of a rank, so that all of them together are all follows there are. */
const zipf = (people: number, follows: number) => {
  const followers = (c: number, rank: number) => Math.min(people * MOST_FOLLOWED, c / (rank + 1));
  let [low, high] = [1, people * follows];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    let sum = 0;
    for (let rank = 0; rank < people; rank++) sum += followers(middle, rank);
    if (sum > people * follows) high = middle;
    else low = middle;
  }
  return (rank: number) => followers(low, rank);
};

/** The first place in a rising list that is at least so much. */
const firstAbove = (list: Float64Array, value: number): number => {
  let low = 0;
  for (let high = list.length - 1; low < high; ) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};
