/** One page, two grounds; nothing is loaded from anywhere. */
export const style = `
:root { color-scheme: light dark; --ground: #fbfaf7; --card: #fff; --ink: #1d2125; --soft: #626a73; --line: #e4e1d9;
  --accent: #0b6e5f; --wash: #e8f3f0; --code: #f4f2ec; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --card: #1b1f23; --ink: #e7e9ea; --soft: #9aa3ab;
  --line: #2c3238; --accent: #5cc8b4; --wash: #17312d; --code: #14181b; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px 16px; margin-bottom: 24px }
h1 { font-size: 26px; letter-spacing: -.02em; margin: 0 }
header p { margin: 0; color: var(--soft) }
h2 { font-size: 15px; margin: 0 }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden }
section > div.top { display: flex; align-items: baseline; justify-content: space-between; gap: 12px;
  padding: 14px 18px; border-bottom: 1px solid var(--line) }
section > p { margin: 0; padding: 14px 18px; color: var(--soft) }
.top span { color: var(--soft); font-size: 13px }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-bottom: 12px }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 18px }
.fact b { display: block; font-size: 21px; font-weight: 600; letter-spacing: -.01em; font-variant-numeric: tabular-nums }
.fact span { color: var(--soft); font-size: 13px }
.two { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 12px; align-items: start }
.stack { display: grid; gap: 12px }
@media (max-width: 860px) { .two { grid-template-columns: minmax(0, 1fr) } main { padding: 24px 16px 48px } }
table { width: 100%; border-collapse: collapse; font-size: 14px }
th { text-align: left; font-weight: 500; font-size: 12.5px; color: var(--soft); padding: 8px 18px 4px }
td { padding: 6px 18px; border-top: 1px solid var(--line) }
tr:first-child td { border-top: 0 }
thead + tbody tr:first-child td { border-top: 0 }
.n { text-align: right; font-variant-numeric: tabular-nums }
td small { color: var(--soft); font-size: 12.5px; display: block; line-height: 1.3 }
.scroll { max-height: 470px; overflow: auto }
.role { display: inline-block; border-radius: 99px; background: var(--wash); color: var(--accent); font-size: 12px; padding: 1px 9px }
button { font: inherit; font-size: 13px; color: var(--accent); background: none; border: 1px solid var(--line);
  border-radius: 6px; padding: 3px 10px; cursor: pointer; white-space: nowrap }
button:hover { border-color: var(--accent) }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
pre { margin: 0; padding: 16px 18px; background: var(--code); overflow: auto; font: 13px/1.55 ui-monospace, monospace }
code { font: 13px ui-monospace, monospace }
.phase { color: var(--accent) }
`
