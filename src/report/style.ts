/** The style of an HTML report: two grounds, small screens and paper. */
export function reportStyle(colours: { readonly light: string; readonly dark: string }): string {
  return `
:root { color-scheme: light dark; --page: #f5f7f9; --card: #fff; --line: #d9e0e6; --text: #17212b;
  --muted: #55636f; --shade: #eef2f5; --accent: #0072b2 }
${colours.light}
@media (prefers-color-scheme: dark) {
:root { --page: #0f151b; --card: #171e26; --line: #2b3641; --text: #e6ebf0; --muted: #a3b0bd;
  --shade: #1d2630; --accent: #56b4e9 }
${colours.dark}
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 2px solid var(--line) }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem }
p, li { max-width: 48rem; overflow-wrap: anywhere }
.finding { font-weight: 650; margin: 2rem 0 .25rem; padding-left: .75rem;
  border-left: 4px solid var(--accent) }
.scroll { overflow-x: auto; margin: 1rem 0; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px }
.scroll:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
table { border-collapse: collapse; width: 100%; font-size: .88rem }
caption { text-align: left; padding: .6rem .75rem; color: var(--muted) }
th, td { padding: .35rem .75rem; text-align: left; border-top: 1px solid var(--line);
  vertical-align: top }
thead th { background: var(--shade) }
tbody th { font-weight: 500 }
.number { font-variant-numeric: tabular-nums; white-space: nowrap }
figure { margin: 1rem 0; padding: .75rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px }
figure > svg { display: block; width: 100%; max-width: 44rem; height: auto }
figure text { fill: var(--muted); font: 12px system-ui, sans-serif }
figcaption { color: var(--muted); font-size: .88rem }
.grid { stroke: var(--line) }
.chance { stroke: var(--muted); stroke-dasharray: 2 4 }
.curve { stroke: var(--series); stroke-width: 2; fill: none }
.whisker { stroke: var(--series); stroke-width: 1.5 }
.mark { fill: var(--series); stroke: var(--card) }
.seed { fill: var(--series); fill-opacity: .45 }
.key { display: inline-block; margin-left: .75rem; color: var(--text) }
.key svg { width: 34px; height: 12px; vertical-align: middle }
details { margin: 1.5rem 0 } summary { cursor: pointer; font-weight: 600 }
pre { overflow-x: auto; padding: .75rem; background: var(--shade); border-radius: 6px }
@media (max-width: 32rem) { figure text { font-size: 19px } }
@media print {
  body { background: #fff; font-size: 11px } main { max-width: none; padding: 0 }
  .scroll { overflow: visible } table, figure { break-inside: avoid }
  h2, h3, .finding { break-after: avoid }
}
`
}
