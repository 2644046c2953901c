/** Text of others, drawn as elements. */

import { type Direction, pieces } from "../../../shared/direction";
import { richText, type Span } from "../../../shared/rich_text";

export function Rich({ text, direction }: { text: string; direction: Direction | undefined }) {
  return (
    <>
      {richText(text).map((part, at) => {
        if (part.kind === "paragraph") {
          return (
            <p key={at}>
              {part.lines.map((line, row) => (
                <>
                  {row > 0 && <br />}
                  <Spans spans={line} direction={direction} />
                </>
              ))}
            </p>
          );
        }
        const items = part.items.map((item, row) => (
          <li key={row}>
            <Spans spans={item} direction={direction} />
          </li>
        ));
        return part.ordered ? <ol key={at}>{items}</ol> : <ul key={at}>{items}</ul>;
      })}
    </>
  );
}

/** Plain words; what is read the other way in them stands by itself. */
export function Words({ text, direction }: { text: string; direction: Direction | undefined }) {
  return (
    <>
      {pieces(text, direction).map((one, at) =>
        one.isolated ? (
          <bdi dir="ltr" key={at}>
            {one.text}
          </bdi>
        ) : (
          one.text
        ),
      )}
    </>
  );
}

function Spans({ spans, direction }: { spans: Span[]; direction: Direction | undefined }) {
  return (
    <>
      {spans.map((span) => {
        const words = <Words text={span.text} direction={direction} />;
        if (span.kind === "bold") return <strong>{words}</strong>;
        if (span.kind === "code") return <code dir="ltr">{span.text}</code>;
        if (span.kind === "text") return words;
        return (
          <a href={span.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            <bdi>{span.text}</bdi>
          </a>
        );
      })}
    </>
  );
}
