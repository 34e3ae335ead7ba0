import { Link } from 'wouter';
import { Avatar } from './avatar.tsx';

export const personPath = (username: string): string => `/people/${username}`;

/** A person's name, which leads to their page. */
export const PersonLink = ({ username }: { username: string }) => (
  <Link className="person-name" href={personPath(username)}>
    <bdi>{username}</bdi>
  </Link>
);

/** The same with the avatar, in a list of people. */
export const PersonRow = ({ username, children }: { username: string; children?: React.ReactNode }) => (
  <li className="person-row">
    <Avatar name={username} size={32} />
    <PersonLink username={username} />
    {children}
  </li>
);
