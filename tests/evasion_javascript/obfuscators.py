"""Shapes that obfuscators give to code: string tables with rotation, coercions, packers, flattened control."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion_javascript.case import HIGH, LOW, MEDIUM, Case

_SHOWN = "STR-001 DYN-005 DYN-004 STDLIB-001 ENC-001 OBFS-001 OBFS-002"

OBFUSCATORS = (
    Case("a table of strings", _SHOWN, HIGH, r"""
        var _0x3fa1 = ["\x63\x68\x69\x6c\x64\x5f\x70\x72\x6f\x63\x65\x73\x73", "\x65\x78\x65\x63\x53\x79\x6e\x63", "\x69\x64"];
        require(_0x3fa1[0])[_0x3fa1[1]](_0x3fa1[2]);
    """),
    Case("a table of strings that is rotated", _SHOWN, HIGH, r"""
        var _0x4c2f = ['execSync', 'id', 'length', 'child_process'];
        (function (_0x1a7b, _0x2b9c) {
          var _0x3c8d = function (_0x4d1e) { while (--_0x4d1e) { _0x1a7b['push'](_0x1a7b['shift']()); } };
          _0x3c8d(++_0x2b9c);
        }(_0x4c2f, 0x3));
        var _0x1e5f = function (_0x5a2b, _0x3f1c) { _0x5a2b = _0x5a2b - 0x0; var _0x2d4e = _0x4c2f[_0x5a2b]; return _0x2d4e; };
        require(_0x1e5f('0x0'))[_0x1e5f('0x1')](_0x1e5f('0x2'));
    """),
    Case("a table of strings that is rotated until a sum fits", _SHOWN, HIGH, r"""
        const _0x2c41 = _0x3d5e;
        (function (_0x51f0, _0x1b2c) {
          const _0x4f7a = _0x3d5e, _0x3b16 = _0x51f0();
          while (!![]) {
            try {
              const _0x28d9 = -parseInt(_0x4f7a(0x1a2)) / 0x1 + parseInt(_0x4f7a(0x1a4)) / 0x2 * (parseInt(_0x4f7a(0x1a5)) / 0x3);
              if (_0x28d9 === _0x1b2c) break;
              else _0x3b16['push'](_0x3b16['shift']());
            } catch (_0x59e3) {
              _0x3b16['push'](_0x3b16['shift']());
            }
          }
        }(_0x2ab7, 0x2));
        function _0x3d5e(_0x10aa, _0x4be2) {
          const _0x2ab79c = _0x2ab7();
          return _0x3d5e = function (_0x3d5e1f, _0x22c4) {
            _0x3d5e1f = _0x3d5e1f - 0x1a0;
            let _0x5d03 = _0x2ab79c[_0x3d5e1f];
            return _0x5d03;
          }, _0x3d5e(_0x10aa, _0x4be2);
        }
        function _0x2ab7() {
          const _0x36c8 = ['4AbcDef', '6GhiJkl', 'child_process', 'execSync', '2XyzUvw', 'id'];
          _0x2ab7 = function () { return _0x36c8; };
          return _0x2ab7();
        }
        require(_0x2c41(0x1a0))[_0x2c41(0x1a1)](_0x2c41(0x1a3));
    """),
    Case("a table of strings in base64 of another alphabet", _SHOWN, HIGH, r"""
        var _0x5c1d = ['y2HPBgrFChjVy2vZCW', 'zxHLy1n5BMm', 'Awq', 'Bg9N', 'BgvUz3rO'];
        var _0x2f0e = function (_0x41c2, _0x1d3f) {
          _0x41c2 = _0x41c2 - 0x0;
          var _0x57aa = _0x5c1d[_0x41c2];
          if (_0x2f0e['made'] === undefined) {
            _0x2f0e['plain'] = function (_0x3e21) {
              var _0x16fd = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=', _0x49b7 = '', _0x2a8c = '';
              for (var _0x1c5e = 0x0, _0x51d4, _0x43b0, _0x28f6 = 0x0; _0x43b0 = _0x3e21['charAt'](_0x28f6++); ~_0x43b0 && (_0x51d4 = _0x1c5e % 0x4 ? _0x51d4 * 0x40 + _0x43b0 : _0x43b0, _0x1c5e++ % 0x4) ? _0x49b7 += String['fromCharCode'](0xff & _0x51d4 >> (-0x2 * _0x1c5e & 0x6)) : 0x0) {
                _0x43b0 = _0x16fd['indexOf'](_0x43b0);
              }
              for (var _0x5bb1 = 0x0, _0x4720 = _0x49b7['length']; _0x5bb1 < _0x4720; _0x5bb1++) {
                _0x2a8c += '%' + ('00' + _0x49b7['charCodeAt'](_0x5bb1)['toString'](0x10))['slice'](-0x2);
              }
              return decodeURIComponent(_0x2a8c);
            };
            _0x2f0e['kept'] = {};
            _0x2f0e['made'] = !![];
          }
          var _0x3aa9 = _0x2f0e['kept'][_0x41c2];
          if (_0x3aa9 === undefined) { _0x57aa = _0x2f0e['plain'](_0x57aa); _0x2f0e['kept'][_0x41c2] = _0x57aa; } else { _0x57aa = _0x3aa9; }
          return _0x57aa;
        };
        require(_0x2f0e('0x0'))[_0x2f0e('0x1')](_0x2f0e('0x2'));
    """),
    Case("a table of strings, each under a key of its own", _SHOWN, HIGH, r"""
        const table = () => ["fD9hg9ijYdf1peEPQa", "lPu9gwYtMqC", "Xc8"];
        function open(at, key) {
          const abc = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
          let data = "", bits = 0, count = 0;
          for (const char of table()[at - 0x10]) {
            bits = bits * 64 + abc.indexOf(char);
            if ((count += 6) >= 8) { count -= 8; data += String.fromCharCode((bits >> count) & 255); bits &= (1 << count) - 1; }
          }
          const state = [];
          let other = 0, kept, out = "";
          for (let i = 0; i < 256; i++) state[i] = i;
          for (let i = 0; i < 256; i++) {
            other = (other + state[i] + key.charCodeAt(i % key.length)) % 256;
            kept = state[i], state[i] = state[other], state[other] = kept;
          }
          other = 0;
          for (let i = 0, n = 0; n < data.length; n++) {
            i = (i + 1) % 256, other = (other + state[i]) % 256;
            kept = state[i], state[i] = state[other], state[other] = kept;
            out += String.fromCharCode(data.charCodeAt(n) ^ state[(state[i] + state[other]) % 256]);
          }
          return out;
        }
        require(open(0x10, "k1#z"))[open(0x11, "Qp!x")](open(0x12, "m@3w"));
    """),
    Case("letters in the order of a seed", _SHOWN, HIGH, r"""
        var _$_d1f2 = (function (text, seed) {
          var n = text.length, all = [];
          for (var i = 0; i < n; i++) { all[i] = text.charAt(i); }
          for (var i = 0; i < n; i++) {
            var a = (seed * (i + 311) + (seed % 41983)) % n, b = (seed * (i + 167) + (seed % 22107)) % n;
            var kept = all[a]; all[a] = all[b]; all[b] = kept;
            seed = (seed + a + b) % 4862017;
          }
          return all.join("").split("%");
        })("ceilep%socnch%e_erSrsnurdxqsrycitirou%tecd%oc", 2857687);
        require(_$_d1f2[0])[_$_d1f2[1]](_$_d1f2[3]);
    """),
    Case("an object of small functions", _SHOWN, MEDIUM, r"""
        const _0x1b4f = {
          'aQzLk': function (_0x5e2d, _0x3a1c) { return _0x5e2d(_0x3a1c); },
          'pWnRt': function (_0x21aa, _0x4bc9) { return _0x21aa + _0x4bc9; },
          'vBmYx': 'child_pro',
          'kLsHd': 'cess'
        };
        _0x1b4f['aQzLk'](require, _0x1b4f['pWnRt'](_0x1b4f['vBmYx'], _0x1b4f['kLsHd']))['exe' + 'cSync']('id');
    """),
    Case("control that is flattened", _SHOWN, HIGH, r"""
        var _0x5ac3 = '3|0|4|1|2'['split']('|'), _0x18d7 = 0x0;
        while (!![]) {
          switch (_0x5ac3[_0x18d7++]) {
            case '0': var second = first + '_process'; continue;
            case '1': var made = require(second); continue;
            case '2': made[third]('id'); continue;
            case '3': var first = 'child'; continue;
            case '4': var third = ['Sync', 'exec']['reverse']()['join'](''); continue;
          }
          break;
        }
    """),
    Case("branches that are never taken", _SHOWN, HIGH, r"""
        if ('xKzPq' !== 'xKzPq') { console['log']('a'); }
        else {
          const _0x33f1 = 'Sync';
          'aaa' === 'aaa' ? require('child_' + 'process')['exec' + _0x33f1]('id') : process['exit']();
        }
    """),
    Case("numbers in place of numbers", _SHOWN, HIGH, r"""
        const t = 'iexdScrpo_nhylu';
        const n = [-0x1 * 0x1a3f + 0x2 * 0xd20, 0x5 * 0x1 + -0x3, 0x1, ~~'5', 0x4e * 0x1 - 0x4a, 0x270f + -0x2703, 0xa, +!![] + 0x4];
        require('child_process')[n.map((i) => t[i]).join('')]('id');
    """),
    Case("a defence of its own before the code", _SHOWN, HIGH, r"""
        const _0x4d2b = (function () {
          let _0x3c1a = !![];
          return function (_0x59f0, _0x2e77) {
            const _0x1f0b = _0x3c1a ? function () { if (_0x2e77) { const _0x5a11 = _0x2e77['apply'](_0x59f0, arguments); _0x2e77 = null; return _0x5a11; } } : function () {};
            _0x3c1a = ![];
            return _0x1f0b;
          };
        }());
        const _0x20b8 = _0x4d2b(this, function () { return _0x20b8['toString']()['search']('(((.+)+)+)+$')['toString']()['constructor'](_0x20b8)['search']('(((.+)+)+)+$'); });
        _0x20b8();
        require(['child', 'process'].join('_'))[['exec', 'Sync'].join('')]('id');
    """),
    Case("a packer of words", "ENC-001 OBFS-002 STDLIB-001", MEDIUM, r"""
        eval(function(p,a,c,k,e,d){e=function(n){return n.toString(a)};while(c--){if(k[c]){p=p.replace(new RegExp('\\b'+e(c)+'\\b','g'),k[c])}}return p}('0.1.2(\'3\').4(\'5\')',36,6,'process|mainModule|require|child_process|execSync|id'.split('|'),0,{}))
    """),
    Case("a packer that maps words by a function", "ENC-001 OBFS-002 STDLIB-001", MEDIUM, r"""
        eval((function (p, a, c, k, e, d) { e = function (c) { return (c < a ? "" : e(parseInt(c / a))) + String.fromCharCode(c % a + 97); }; if (!"".replace(/^/, String)) { while (c--) { d[e(c)] = k[c] || e(c); } k = [function (e) { return d[e]; }]; e = function () { return "\\w+"; }; c = 1; } while (c--) { if (k[c]) { p = p.replace(new RegExp("\\b" + e(c) + "\\b", "g"), k[c]); } } return p; })("a.b.c('d').e('f')", 26, 6, "process|mainModule|require|child_process|execSync|id".split("|"), 0, {}));
    """),
    Case("a packer of pairs of letters", "ENC-001 OBFS-002 STDLIB-001", MEDIUM, r"""
        for (var p = "process.mainModule.requir@('child_proc~').@xecSync('id')", k = { "@": "e", "~": "ess" }, n = Object.keys(k); n.length;) { var c = n.pop(); p = p.split(c).join(k[c]); }
        eval(p);
    """),
    Case("coercions in place of letters", _SHOWN, HIGH, r"""
        [][(![]+[])[+[]]+(![]+[])[!![]+!![]]+(![]+[])[+!![]]+(!![]+[])[+[]]][([][(![]+[])[+[]]+(![]+[])[!![]
        +!![]]+(![]+[])[+!![]]+(!![]+[])[+[]]]+[])[!![]+!![]+!![]]+([][(![]+[])[+[]]+(![]+[])[!![]+!![]]+(![]
        +[])[+!![]]+(!![]+[])[+[]]]+[])[!![]+!![]+!![]+!![]+!![]+!![]]+([][[]]+[])[+!![]]+(![]+[])[!![]+!![]
        +!![]]+(!![]+[])[+[]]+(!![]+[])[+!![]]+(!![]+[])[!![]+!![]]+([][(![]+[])[+[]]+(![]+[])[!![]+!![]]+(![]
        +[])[+!![]]+(!![]+[])[+[]]]+[])[!![]+!![]+!![]]+(!![]+[])[+[]]+([][(![]+[])[+[]]+(![]+[])[!![]+!![]]
        +(![]+[])[+!![]]+(!![]+[])[+[]]]+[])[!![]+!![]+!![]+!![]+!![]+!![]]+(!![]+[])[+!![]]]((!![]+[])[+!![]]
        +(!![]+[])[!![]+!![]+!![]]+(!![]+[])[+[]]+(!![]+[])[!![]+!![]]+(!![]+[])[+!![]]+([][[]]+[])[+!![]]
        +([][(![]+[])[+[]]+(![]+[])[!![]+!![]]+(![]+[])[+!![]]+(!![]+[])[+[]]]+[])[!![]+!![]+!![]+!![]+!![]+!![]
        +!![]+!![]]+(!![]+[])[!![]+!![]+!![]]+([][(![]+[])[+[]]+(![]+[])[!![]+!![]]+(![]+[])[+!![]]+(!![]
        +[])[+[]]]+[])[[!![]+!![]]+[!![]+!![]+!![]]]+(![]+[])[+!![]]+(![]+[])[!![]+!![]])()("<CODE>");
    """),
    Case("coercions under names", _SHOWN, HIGH, r"""
        const $ = ~[], _ = { f: (![] + "")[0], a: (![] + "")[1], t: (!"" + "")[0], r: (!"" + "")[1], u: (!"" + "")[2], e: (!"" + "")[3], o: ({} + "")[1], c: ({} + "")[5], n: ($[$] + "")[1], s: (![] + "")[3], l: (![] + "")[2] };
        const k = _.c + _.o + _.n + _.s + _.t + _.r + _.u + _.c + _.t + _.o + _.r;
        (0)[k][k](_.r + _.e + _.t + _.u + _.r + _.n + " " + _.e + "v" + _.a + _.l)()("<CODE>");
    """),
    Case("names that are escaped", "STDLIB-001", MEDIUM, r"""
        \u0065val("<CODE>");
        r\u{65}quire("child_process").e\u0078ecSync("id");
    """),
    Case("names in brackets, escaped", "STDLIB-001", MEDIUM, r"""
        global["\x65\x76\x61\x6c"]("<CODE>");
    """),
    Case("a line that begins far to the right", "OBFS-003", HIGH, "'use strict';" + " " * 300 + "require('child_process').exec('id');\n"),
    Case("code behind many tabs", "OBFS-003", HIGH, "exports.a = 1;" + "\t" * 120 + "eval(process.env.A); require('child_process').exec('id')\n"),
    Case("after many empty lines", "STDLIB-001", MEDIUM, "exports.a = 1;\n" + "\n" * 3000 + "require('child_process').exec('id');\n"),
    Case("comments between all words", "STDLIB-001", MEDIUM, r"""
        require/*a*/(/*b*/"child_process"/*c*/)/*d*/./*e*/execSync//f
        (/*g*/"id"/*h*/)
    """),
    Case("names with invisible characters", "OBFS-004 STDLIB-001", MEDIUM, "const e\u200cval = require('child_process'), \u3164 = 'id';\ne\u200cval.execSync(\u3164);\n"),
    Case("order that is turned around", "OBFS-004", LOW, "const level = 'user';\nif (level !== 'user\u202e \u2066// only for admins\u2069 \u2066') {\n  require('child_process').exec('id');\n}\n"),
    Case("HTML's comments", "STDLIB-001", MEDIUM, "<!-- a\nrequire('child_process').execSync('id');\n--> b\n"),
    Case("no semicolons", "STDLIB-001", MEDIUM, r"""
        const cp = require("child_process")
        const go = cp
          .execSync
        ;[go][0]("id")
    """),
    Case("line ends that few know", "STDLIB-001", MEDIUM, "exports.a = 1; // a\u2028require('child_process').execSync('id'); // b\u2029\n"),
    Case("a mark of byte order and an interpreter", "STDLIB-001", MEDIUM, "#!/usr/bin/env node\r\n'use strict'\r\nrequire('child_process').execSync('id')\r\n"),
)  # fmt: skip
