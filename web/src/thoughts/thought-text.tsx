import { Link } from 'wouter';
import { personPath } from '../ui/person-link.tsx';
import { type Piece, piecesOf } from './text.ts';

export const topicPath = (topic: string): string => `/topics/${encodeURIComponent(topic)}`;

const PieceView = ({ piece }: { piece: Piece }) => {
  if (piece.kind === 'topic') return <Link href={topicPath(piece.topic)}>{piece.text}</Link>;
  if (piece.kind === 'person') return <Link href={personPath(piece.username)}>{piece.text}</Link>;
  if (piece.kind === 'text') return piece.text;
  return (
    <a href={piece.url} target="_blank" rel="noopener noreferrer nofollow">
      {piece.text}
    </a>
  );
};

/** A thought's text as text, whatever is in it; topics, people and links lead somewhere. */
export const ThoughtText = ({ text }: { text: string }) => (
  <p className="thought-text" dir="auto">
    {piecesOf(text).map((piece, at) => (
      <PieceView key={at} piece={piece} />
    ))}
  </p>
);
