/**
 * Steps of colour in the confusion matrix; classes rather than style attributes, which the page's security policy
 * refuses.
 */
export const heatSteps = 10

const light = `--page:#f6f7f4;--surface:#fff;--ink:#18211c;--muted:#56625b;--line:#dde2dc;--accent:#1f7a4d;--accent-soft:#e3f1e9;--train:#2563b0;--validation:#b4530a;--rate:#6b4fb3;--hit:#2a9461;--miss:#d0551f;--bad:#b3261e;--bad-soft:#fbe9e7;--warn-soft:#fff4d9;--warn-line:#8a6100;color-scheme:light;`
const dark = `--page:#101512;--surface:#181f1b;--ink:#e7ede8;--muted:#a3b0a8;--line:#2e3933;--accent:#6fcf9b;--accent-soft:#1c3327;--train:#82b4f2;--validation:#f2a35e;--rate:#b9a3f0;--hit:#2f8f5f;--miss:#c2541f;--bad:#ff9a8f;--bad-soft:#3a1c19;--warn-soft:#352b12;--warn-line:#e0b24a;color-scheme:dark;`

/** At most seven tenths of the colour, so that ordinary text stays readable on it in both themes. */
const heat = Array.from({ length: heatSteps }, (_, index) => {
  const share = ((index + 1) / heatSteps) * 70
  return `.confusion .h${index + 1},.swatch.h${index + 1}{background:color-mix(in srgb,var(--hit) ${share}%,var(--surface))}.confusion .m${index + 1},.swatch.m${index + 1}{background:color-mix(in srgb,var(--miss) ${share}%,var(--surface))}`
}).join('')

/** The style sheet of the page: both themes, small screens, paper. */
export const pageStyle = `
:root{${light}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}
:root[data-theme=dark]{${dark}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--accent)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.page{max-width:1080px;margin:0 auto;padding:0 20px 64px}
header.top{display:flex;gap:16px;align-items:flex-start;justify-content:space-between;padding:36px 0 14px}
header.top h1{font-size:1.9rem;line-height:1.2;margin:0;overflow-wrap:anywhere;letter-spacing:-.01em}
header.top p{margin:6px 0 0;color:var(--muted)}
#theme{flex:none;font:inherit;font-size:.875rem;padding:6px 14px;border:1px solid var(--line);border-radius:99px;background:var(--surface);color:var(--ink);cursor:pointer}
#theme:focus-visible,a:focus-visible,summary:focus-visible,input:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:0 0 20px;padding:10px 0;border-bottom:1px solid var(--line);font-size:.9rem}
nav a{text-decoration:none}nav a:hover{text-decoration:underline}
section{background:var(--surface);border:1px solid var(--line);border-radius:14px;padding:22px 26px 24px;margin:0 0 18px}
h2{font-size:1.22rem;margin:0 0 12px;line-height:1.3}
h3{font-size:1rem;margin:20px 0 6px}
p{margin:0 0 12px}section>:last-child{margin-bottom:0}
.muted{color:var(--muted);font-size:.92em}
.description{white-space:pre-line}
.hero{display:flex;flex-wrap:wrap;gap:16px 40px;align-items:center}
.hero .figure{flex:0 0 200px;display:flex;flex-direction:column}
.hero .figure strong{font-size:3.3rem;line-height:1;letter-spacing:-.03em;color:var(--accent);font-variant-numeric:tabular-nums;white-space:nowrap}
.hero .figure span{color:var(--muted);margin:6px 0 8px}
.hero .lead{flex:1 1 380px}
.lead{font-size:1.05rem}.hero .lead p:last-child{margin:0}
.interval{width:200px}
.interval .track{stroke:var(--line);stroke-width:8;stroke-linecap:round}.interval .range{stroke:var(--accent);opacity:.5;stroke-width:8;stroke-linecap:round}.interval .point{fill:var(--accent);stroke:var(--surface);stroke-width:1.5}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:22px 0 0}
.card{border:1px solid var(--line);border-radius:10px;padding:12px 14px}
.card dt{color:var(--muted);font-size:.85rem}.card dd{margin:0}.card strong{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums;line-height:1.4}.card span{display:block;color:var(--muted);font-size:.8rem;line-height:1.35}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--muted);font-size:.85rem;padding:0 0 6px}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:600;font-size:.82rem;border-bottom-width:2px;vertical-align:bottom}
tbody th{font-weight:500;overflow-wrap:anywhere;min-width:7em}
tbody tr:last-child>*{border-bottom:0}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.facts th{width:11em;color:var(--muted);font-weight:500}.facts td{overflow-wrap:anywhere}
.compact{font-size:.84rem}.compact th,.compact td{padding:3px 12px 3px 0}
.differs td{font-weight:700}
.cards+.scroll,.facts+details{margin-top:20px}
.scroll{overflow-x:auto;max-width:100%}.tall{max-height:420px;overflow-y:auto}
.file{overflow-wrap:anywhere;font-size:.9em}
.hash{overflow-wrap:anywhere}
.bar-cell{width:120px;height:8px;display:block;margin-top:8px}.bar-cell .track{fill:var(--line)}.bar-cell .value{fill:var(--accent)}
details{margin:12px 0}summary{cursor:pointer;color:var(--accent);font-weight:600;width:fit-content}details[open]>summary{margin-bottom:10px}
figure{margin:0}figcaption{font-weight:600;font-size:.92rem}
.notes{margin:0 0 16px;padding-left:1.2em}.notes li{margin:2px 0}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:16px 20px}
.chart,.graph{display:block;width:100%;height:auto;font-family:inherit}
.square{max-width:360px}
.chart .grid{stroke:var(--line)}.tick{fill:var(--muted);font-size:12px;font-variant-numeric:tabular-nums}.axis{fill:var(--muted);font-size:12.5px}
.phase{fill:var(--muted);font-size:12px}.phase-line{stroke:var(--muted);stroke-dasharray:2 3}
.mark{stroke:var(--accent);stroke-width:1.5;stroke-dasharray:4 3}.mark-head{fill:var(--accent)}
.series polyline{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
.train polyline{stroke:var(--train);stroke-dasharray:6 4}.train circle{fill:var(--train)}
.validation polyline{stroke:var(--validation)}.validation circle{fill:var(--validation)}
.rate polyline{stroke:var(--rate)}
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:.88rem;color:var(--muted);margin-top:12px}
.key::before{content:"";display:inline-block;width:24px;margin-right:8px;vertical-align:.25em;border-top:3px solid var(--validation)}
.key.train::before{border-top:3px dashed var(--train)}.key.best::before{border:0;width:0;border-left:6px solid transparent;border-right:6px solid transparent;border-top:8px solid var(--accent);vertical-align:0}
.chart .bar{fill:var(--accent);opacity:.55}.confidence{fill:var(--accent)}.diagonal{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:5 4}
.point line{stroke:var(--muted);opacity:.5}.point circle{fill:var(--muted)}.point.best circle{fill:var(--accent)}.point.best line{stroke:var(--accent)}
.side-by-side{display:flex;flex-wrap:wrap;gap:12px 36px}.side-by-side>figure{flex:0 1 340px}.side-by-side>div{flex:1 1 320px}
.filter{display:inline-flex;gap:8px;align-items:center;margin:0 0 12px;font-size:.92rem;cursor:pointer}.filter input{accent-color:var(--accent);width:17px;height:17px}
.swatch{display:inline-block;width:14px;height:14px;border-radius:4px;vertical-align:-2px;border:1px solid var(--line)}
.scroll+p{margin-top:16px}
.confusion{width:auto;font-variant-numeric:tabular-nums;border-collapse:separate;border-spacing:2px}
.confusion th,.confusion td{border:0;padding:6px 8px}
.confusion td{text-align:center;min-width:52px;border-radius:5px;background:var(--page);vertical-align:middle;line-height:1.15}
.confusion small{display:block;font-size:.76rem}
.confusion tbody th{min-width:0;text-align:right;white-space:nowrap;max-width:240px;overflow:hidden;text-overflow:ellipsis;vertical-align:middle;position:sticky;left:0;background:var(--surface)}
.confusion .column span{display:inline-block;max-width:110px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom}
.confusion .column{text-align:center}.confusion thead th{font-size:.85rem}
.dense{font-size:.78rem}.dense th{padding:3px 6px}.confusion.dense td{min-width:22px;padding:3px 2px}.confusion.dense .column{padding:0 0 4px;vertical-align:bottom}.dense .column span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:150px;max-width:none}
.confusion .total{background:none;color:var(--muted)}.zero{color:var(--muted)}.corner{color:var(--muted);font-weight:400;text-align:right}
${heat}
.confusion-block:has(.only-mistakes:checked) .confusion td.hit{background:var(--page);color:transparent}
.confusion-block:has(.only-mistakes:checked) .zero{color:transparent}
.gallery{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:16px}
.gallery img,.no-image{width:100%;aspect-ratio:1;object-fit:cover;border-radius:10px;display:block;background:var(--page)}
.no-image{display:grid;place-items:center;color:var(--muted);font-size:.85rem;border:1px dashed var(--line)}
.gallery figcaption{font-weight:400;font-size:.86rem;line-height:1.4;padding-top:6px}.gallery figcaption span{display:block;overflow-wrap:anywhere}
.gallery .verdict{display:inline-block;font-size:.76rem;font-weight:600;padding:0 8px;border-radius:99px;margin-bottom:2px}.verdict.wrong{background:var(--bad-soft);color:var(--bad)}.verdict.right{background:var(--accent-soft);color:var(--accent)}
.verdict-line{padding:9px 14px;border-radius:9px;margin:14px 0 8px}.good{background:var(--accent-soft)}.neutral{background:var(--page)}.verdict-line.bad{background:var(--bad-soft)}tr.bad>*{color:var(--bad)}
.warnings{margin:0;padding:12px 14px 12px 34px;background:var(--warn-soft);border-left:4px solid var(--warn-line);border-radius:6px}
.graph-figure{text-align:center;margin-bottom:14px}.graph{width:auto;max-width:100%;margin:0 auto}.both-ways .graph-down{display:none}
.node rect{fill:var(--page);stroke:var(--accent);stroke-width:1.4}.node.off rect{stroke:var(--muted);stroke-dasharray:5 4}
.node-title{fill:var(--ink);font-size:13.5px;font-weight:600}.node-detail{fill:var(--muted);font-size:11.5px}.edge{fill:none;stroke:var(--muted);stroke-width:1.6}
pre{background:var(--page);border:1px solid var(--line);border-radius:9px;padding:14px 16px;overflow-x:auto;line-height:1.45;margin:0}
footer{color:var(--muted);font-size:.85rem;text-align:center;padding-top:8px}
@media (max-width:860px){.both-ways .graph-across{display:none}.both-ways .graph-down{display:block}}
@media (max-width:560px){.facts th{width:auto;min-width:0}th,td{overflow-wrap:anywhere;padding-right:8px}tbody th{min-width:5em}pre{white-space:pre-wrap;overflow-wrap:anywhere}.hero .figure{flex-basis:100%}.hero .lead,.side-by-side>*{flex-basis:100%;min-width:0}.charts{grid-template-columns:minmax(0,1fr)}section{padding:16px}.page{padding:0 12px 40px}header.top{padding-top:20px}}
@page{margin:16mm 14mm}
@media print{
details::details-content{content-visibility:visible;block-size:auto;opacity:1}details>summary{list-style:none;color:inherit}pre{white-space:pre-wrap;overflow-wrap:anywhere}
:root,:root[data-theme=dark],:root:not([data-theme=light]){${light}}
body{background:#fff;font-size:11pt}.both-ways .graph-across{display:none}.both-ways .graph-down{display:block}.page{max-width:none;padding:0}nav,#theme,.filter{display:none}
section{border:0;border-radius:0;padding:0 0 10pt;margin:0 0 10pt;border-bottom:1px solid var(--line)}
h2,h3,p:has(+.gallery){break-after:avoid}figure,.card,.gallery li,tr,.hero,.confusion-block,.facts{break-inside:avoid}.gallery{display:block;font-size:0}.gallery li{display:inline-block;vertical-align:top;width:23%;margin:0 1% 10pt;font-size:9pt}.screen-only{display:none}.tall,.scroll{max-height:none;overflow:visible}
td,.swatch,.verdict,.verdict-line,.warnings,svg{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
`
