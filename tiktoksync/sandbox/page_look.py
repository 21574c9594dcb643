"""How the page looks, and the few lines that keep its lists fresh."""

STYLE = """
:root{--ink:#1d2530;--soft:#667085;--line:#e3e7ee;--paper:#f6f7f9;--card:#fff;--go:#0b6b4f}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#9aa4b2;--line:#2c3440;
--paper:#14181e;--card:#1c222b;--go:#3ecf9c}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:14px/1.45 system-ui,sans-serif}a{color:inherit}
header{display:flex;gap:1rem;align-items:baseline;padding:.8rem 1.4rem;background:var(--card);
border-bottom:1px solid var(--line)}header span{color:var(--soft)}nav{margin-left:auto}
main{max-width:76rem;margin:0 auto;padding:1.2rem}
h2{font-size:1.05rem;margin:.2rem 0 .6rem}h3{font-size:.95rem;margin:1.1rem 0 .4rem}
h3 small{color:var(--soft);font-weight:400}
#lists{margin-top:1.2rem}.sides{display:grid;grid-template-columns:1fr 1fr;gap:1.2rem}
@media (max-width:50rem){.sides{grid-template-columns:1fr}}
article,.place{background:var(--card);border:1px solid var(--line);border-radius:8px;
padding:.7rem .9rem;margin:.5rem 0}article p{margin:.15rem 0}code{font-size:.85rem}
article b{float:right;font-size:.75rem;font-weight:600;padding:.1rem .5rem;border-radius:9px;
background:var(--paper);border:1px solid var(--line)}
b.s-ON_HOLD,b.s-UNPAID{color:#9a6700}b.s-CANCELLED{color:#b42318}
b.s-AWAITING_SHIPMENT,b.s-UNFULFILLED{color:#175cd3}
b.s-DELIVERED,b.s-COMPLETED,b.s-FULFILLED{color:var(--go)}
.marks i{font-style:normal;color:var(--soft);margin-right:.7rem;font-size:.8rem}
.after{border-top:1px solid var(--line);margin-top:.6rem;padding-top:.5rem}
.after i{color:var(--soft);font-style:normal}
.bar,.place,.flags{display:flex;flex-wrap:wrap;gap:.45rem;align-items:center}
.place{gap:.8rem}.place h2{width:100%;margin:0}form{display:inline-flex;gap:.35rem;margin:0}
button,select,input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:6px;padding:.25rem .6rem}input[type=number]{width:4.5rem}button{cursor:pointer}
button.main{background:var(--ink);color:var(--card);border-color:var(--ink)}
button:focus-visible,select:focus-visible,input:focus-visible{outline:2px solid #175cd3}
.quiet{color:var(--soft)}.note{background:#fef0c7;color:#7a2e0e;padding:.5rem .8rem;
border-radius:6px}table{width:100%;border-collapse:collapse;background:var(--card)}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);font-size:.85rem}
"""

# Leaves the lists alone while somebody types or picks in them.
SCRIPT = """
const box = document.getElementById('lists');
setInterval(async () => {
  if (document.hidden || box.contains(document.activeElement)) return;
  const answer = await fetch('/sandbox/page/lists');
  if (answer.ok) box.innerHTML = await answer.text();
}, 2000);
"""
