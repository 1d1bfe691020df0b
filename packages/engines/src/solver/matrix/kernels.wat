(module
  (memory (export "memory") 1)
  ;; out[i, j] += a_i . b_j for two rows a and four rows b; rows of out are stride bytes apart.
  (func (export "addDots") (param $a0 i32) (param $a1 i32) (param $b0 i32) (param $b1 i32) (param $b2 i32) (param $b3 i32) (param $length i32) (param $out i32) (param $stride i32)
    (local $s00 v128) (local $s01 v128) (local $s02 v128) (local $s03 v128) (local $s10 v128) (local $s11 v128) (local $s12 v128) (local $s13 v128) (local $t00 f64) (local $t01 f64) (local $t02 f64) (local $t03 f64) (local $t10 f64) (local $t11 f64) (local $t12 f64) (local $t13 f64) (local $x0 v128) (local $x1 v128) (local $y v128) (local $k i32) (local $pairs i32) (local $all i32)
    ;; Bytes: of whole pairs, and of everything.
    (local.set $all (i32.shl (local.get $length) (i32.const 3)))
    (local.set $pairs (i32.and (local.get $all) (i32.const -16)))
    (block $pair_end
      (loop $pair
        (br_if $pair_end (i32.ge_u (local.get $k) (local.get $pairs)))
        (local.set $x0 (v128.load align=8 (i32.add (local.get $a0) (local.get $k))))
        (local.set $x1 (v128.load align=8 (i32.add (local.get $a1) (local.get $k))))
        (local.set $y (v128.load align=8 (i32.add (local.get $b0) (local.get $k))))
        (local.set $s00 (f64x2.add (local.get $s00) (f64x2.mul (local.get $x0) (local.get $y))))
        (local.set $s10 (f64x2.add (local.get $s10) (f64x2.mul (local.get $x1) (local.get $y))))
        (local.set $y (v128.load align=8 (i32.add (local.get $b1) (local.get $k))))
        (local.set $s01 (f64x2.add (local.get $s01) (f64x2.mul (local.get $x0) (local.get $y))))
        (local.set $s11 (f64x2.add (local.get $s11) (f64x2.mul (local.get $x1) (local.get $y))))
        (local.set $y (v128.load align=8 (i32.add (local.get $b2) (local.get $k))))
        (local.set $s02 (f64x2.add (local.get $s02) (f64x2.mul (local.get $x0) (local.get $y))))
        (local.set $s12 (f64x2.add (local.get $s12) (f64x2.mul (local.get $x1) (local.get $y))))
        (local.set $y (v128.load align=8 (i32.add (local.get $b3) (local.get $k))))
        (local.set $s03 (f64x2.add (local.get $s03) (f64x2.mul (local.get $x0) (local.get $y))))
        (local.set $s13 (f64x2.add (local.get $s13) (f64x2.mul (local.get $x1) (local.get $y))))
        (local.set $k (i32.add (local.get $k) (i32.const 16)))
        (br $pair)))
    (block $single_end
      (loop $single
        (br_if $single_end (i32.ge_u (local.get $k) (local.get $all)))
        (local.set $t00 (f64.add (local.get $t00) (f64.mul (f64.load (i32.add (local.get $a0) (local.get $k))) (f64.load (i32.add (local.get $b0) (local.get $k))))))
        (local.set $t01 (f64.add (local.get $t01) (f64.mul (f64.load (i32.add (local.get $a0) (local.get $k))) (f64.load (i32.add (local.get $b1) (local.get $k))))))
        (local.set $t02 (f64.add (local.get $t02) (f64.mul (f64.load (i32.add (local.get $a0) (local.get $k))) (f64.load (i32.add (local.get $b2) (local.get $k))))))
        (local.set $t03 (f64.add (local.get $t03) (f64.mul (f64.load (i32.add (local.get $a0) (local.get $k))) (f64.load (i32.add (local.get $b3) (local.get $k))))))
        (local.set $t10 (f64.add (local.get $t10) (f64.mul (f64.load (i32.add (local.get $a1) (local.get $k))) (f64.load (i32.add (local.get $b0) (local.get $k))))))
        (local.set $t11 (f64.add (local.get $t11) (f64.mul (f64.load (i32.add (local.get $a1) (local.get $k))) (f64.load (i32.add (local.get $b1) (local.get $k))))))
        (local.set $t12 (f64.add (local.get $t12) (f64.mul (f64.load (i32.add (local.get $a1) (local.get $k))) (f64.load (i32.add (local.get $b2) (local.get $k))))))
        (local.set $t13 (f64.add (local.get $t13) (f64.mul (f64.load (i32.add (local.get $a1) (local.get $k))) (f64.load (i32.add (local.get $b3) (local.get $k))))))
        (local.set $k (i32.add (local.get $k) (i32.const 8)))
        (br $single)))
    (f64.store offset=0 (local.get $out) (f64.add (f64.load offset=0 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s00)) (f64x2.extract_lane 1 (local.get $s00))) (local.get $t00))))
    (f64.store offset=8 (local.get $out) (f64.add (f64.load offset=8 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s01)) (f64x2.extract_lane 1 (local.get $s01))) (local.get $t01))))
    (f64.store offset=16 (local.get $out) (f64.add (f64.load offset=16 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s02)) (f64x2.extract_lane 1 (local.get $s02))) (local.get $t02))))
    (f64.store offset=24 (local.get $out) (f64.add (f64.load offset=24 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s03)) (f64x2.extract_lane 1 (local.get $s03))) (local.get $t03))))
    (local.set $out (i32.add (local.get $out) (local.get $stride)))
    (f64.store offset=0 (local.get $out) (f64.add (f64.load offset=0 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s10)) (f64x2.extract_lane 1 (local.get $s10))) (local.get $t10))))
    (f64.store offset=8 (local.get $out) (f64.add (f64.load offset=8 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s11)) (f64x2.extract_lane 1 (local.get $s11))) (local.get $t11))))
    (f64.store offset=16 (local.get $out) (f64.add (f64.load offset=16 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s12)) (f64x2.extract_lane 1 (local.get $s12))) (local.get $t12))))
    (f64.store offset=24 (local.get $out) (f64.add (f64.load offset=24 (local.get $out)) (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s13)) (f64x2.extract_lane 1 (local.get $s13))) (local.get $t13))))
  )
  ;; a . b
  (func (export "dot") (param $a i32) (param $b i32) (param $length i32) (result f64)
    (local $s v128) (local $u v128) (local $v v128) (local $w v128) (local $t f64) (local $eights i32) (local $k i32) (local $pairs i32) (local $all i32)
    ;; Bytes: of whole pairs, and of everything.
    (local.set $all (i32.shl (local.get $length) (i32.const 3)))
    (local.set $pairs (i32.and (local.get $all) (i32.const -16)))
    (local.set $eights (i32.and (local.get $all) (i32.const -64)))
    (block $eight_end
      (loop $eight
        (br_if $eight_end (i32.ge_u (local.get $k) (local.get $eights)))
        (local.set $s (f64x2.add (local.get $s) (f64x2.mul (v128.load align=8 (i32.add (local.get $a) (local.get $k))) (v128.load align=8 (i32.add (local.get $b) (local.get $k))))))
        (local.set $u (f64x2.add (local.get $u) (f64x2.mul (v128.load offset=16 align=8 (i32.add (local.get $a) (local.get $k))) (v128.load offset=16 align=8 (i32.add (local.get $b) (local.get $k))))))
        (local.set $v (f64x2.add (local.get $v) (f64x2.mul (v128.load offset=32 align=8 (i32.add (local.get $a) (local.get $k))) (v128.load offset=32 align=8 (i32.add (local.get $b) (local.get $k))))))
        (local.set $w (f64x2.add (local.get $w) (f64x2.mul (v128.load offset=48 align=8 (i32.add (local.get $a) (local.get $k))) (v128.load offset=48 align=8 (i32.add (local.get $b) (local.get $k))))))
        (local.set $k (i32.add (local.get $k) (i32.const 64)))
        (br $eight)))
    (block $pair_end
      (loop $pair
        (br_if $pair_end (i32.ge_u (local.get $k) (local.get $pairs)))
        (local.set $s (f64x2.add (local.get $s) (f64x2.mul (v128.load align=8 (i32.add (local.get $a) (local.get $k))) (v128.load align=8 (i32.add (local.get $b) (local.get $k))))))
        (local.set $k (i32.add (local.get $k) (i32.const 16)))
        (br $pair)))
    (block $single_end
      (loop $single
        (br_if $single_end (i32.ge_u (local.get $k) (local.get $all)))
        (local.set $t (f64.add (local.get $t) (f64.mul (f64.load (i32.add (local.get $a) (local.get $k))) (f64.load (i32.add (local.get $b) (local.get $k))))))
        (local.set $k (i32.add (local.get $k) (i32.const 8)))
        (br $single)))
    (local.set $s (f64x2.add (f64x2.add (local.get $s) (local.get $u)) (f64x2.add (local.get $v) (local.get $w))))
    (f64.add (f64.add (f64x2.extract_lane 0 (local.get $s)) (f64x2.extract_lane 1 (local.get $s))) (local.get $t))
  )
  ;; o0 += f0 r0 + f1 r1 + f2 r2 + f3 r3, and o1 with g: two sums of four rows, which are read once.
  (func (export "addRows") (param $o0 i32) (param $o1 i32) (param $r0 i32) (param $r1 i32) (param $r2 i32) (param $r3 i32) (param $f0 f64) (param $f1 f64) (param $f2 f64) (param $f3 f64) (param $g0 f64) (param $g1 f64) (param $g2 f64) (param $g3 f64) (param $length i32)
    (local $x0 v128) (local $x1 v128) (local $x2 v128) (local $x3 v128) (local $fv0 v128) (local $fv1 v128) (local $fv2 v128) (local $fv3 v128) (local $gv0 v128) (local $gv1 v128) (local $gv2 v128) (local $gv3 v128) (local $k i32) (local $pairs i32) (local $all i32)
    ;; Bytes: of whole pairs, and of everything.
    (local.set $all (i32.shl (local.get $length) (i32.const 3)))
    (local.set $pairs (i32.and (local.get $all) (i32.const -16)))
    (local.set $fv0 (f64x2.splat (local.get $f0)))
    (local.set $fv1 (f64x2.splat (local.get $f1)))
    (local.set $fv2 (f64x2.splat (local.get $f2)))
    (local.set $fv3 (f64x2.splat (local.get $f3)))
    (local.set $gv0 (f64x2.splat (local.get $g0)))
    (local.set $gv1 (f64x2.splat (local.get $g1)))
    (local.set $gv2 (f64x2.splat (local.get $g2)))
    (local.set $gv3 (f64x2.splat (local.get $g3)))
    (block $pair_end
      (loop $pair
        (br_if $pair_end (i32.ge_u (local.get $k) (local.get $pairs)))
        (local.set $x0 (v128.load align=8 (i32.add (local.get $r0) (local.get $k))))
        (local.set $x1 (v128.load align=8 (i32.add (local.get $r1) (local.get $k))))
        (local.set $x2 (v128.load align=8 (i32.add (local.get $r2) (local.get $k))))
        (local.set $x3 (v128.load align=8 (i32.add (local.get $r3) (local.get $k))))
        (v128.store align=8 (i32.add (local.get $o0) (local.get $k)) (f64x2.add (v128.load align=8 (i32.add (local.get $o0) (local.get $k))) (f64x2.add (f64x2.add (f64x2.mul (local.get $fv0) (local.get $x0)) (f64x2.mul (local.get $fv1) (local.get $x1))) (f64x2.add (f64x2.mul (local.get $fv2) (local.get $x2)) (f64x2.mul (local.get $fv3) (local.get $x3))))))
        (v128.store align=8 (i32.add (local.get $o1) (local.get $k)) (f64x2.add (v128.load align=8 (i32.add (local.get $o1) (local.get $k))) (f64x2.add (f64x2.add (f64x2.mul (local.get $gv0) (local.get $x0)) (f64x2.mul (local.get $gv1) (local.get $x1))) (f64x2.add (f64x2.mul (local.get $gv2) (local.get $x2)) (f64x2.mul (local.get $gv3) (local.get $x3))))))
        (local.set $k (i32.add (local.get $k) (i32.const 16)))
        (br $pair)))
    (block $single_end
      (loop $single
        (br_if $single_end (i32.ge_u (local.get $k) (local.get $all)))
        (f64.store (i32.add (local.get $o0) (local.get $k)) (f64.add (f64.load (i32.add (local.get $o0) (local.get $k))) (f64.add (f64.add (f64.mul (local.get $f0) (f64.load (i32.add (local.get $r0) (local.get $k)))) (f64.mul (local.get $f1) (f64.load (i32.add (local.get $r1) (local.get $k))))) (f64.add (f64.mul (local.get $f2) (f64.load (i32.add (local.get $r2) (local.get $k)))) (f64.mul (local.get $f3) (f64.load (i32.add (local.get $r3) (local.get $k))))))))
        (f64.store (i32.add (local.get $o1) (local.get $k)) (f64.add (f64.load (i32.add (local.get $o1) (local.get $k))) (f64.add (f64.add (f64.mul (local.get $g0) (f64.load (i32.add (local.get $r0) (local.get $k)))) (f64.mul (local.get $g1) (f64.load (i32.add (local.get $r1) (local.get $k))))) (f64.add (f64.mul (local.get $g2) (f64.load (i32.add (local.get $r2) (local.get $k)))) (f64.mul (local.get $g3) (f64.load (i32.add (local.get $r3) (local.get $k))))))))
        (local.set $k (i32.add (local.get $k) (i32.const 8)))
        (br $single)))
  )
  ;; o += f r
  (func (export "addRow") (param $o i32) (param $r i32) (param $f f64) (param $length i32)
    (local $fv v128) (local $k i32) (local $pairs i32) (local $all i32)
    ;; Bytes: of whole pairs, and of everything.
    (local.set $all (i32.shl (local.get $length) (i32.const 3)))
    (local.set $pairs (i32.and (local.get $all) (i32.const -16)))
    (local.set $fv (f64x2.splat (local.get $f)))
    (block $pair_end
      (loop $pair
        (br_if $pair_end (i32.ge_u (local.get $k) (local.get $pairs)))
        (v128.store align=8 (i32.add (local.get $o) (local.get $k)) (f64x2.add (v128.load align=8 (i32.add (local.get $o) (local.get $k))) (f64x2.mul (local.get $fv) (v128.load align=8 (i32.add (local.get $r) (local.get $k))))))
        (local.set $k (i32.add (local.get $k) (i32.const 16)))
        (br $pair)))
    (block $single_end
      (loop $single
        (br_if $single_end (i32.ge_u (local.get $k) (local.get $all)))
        (f64.store (i32.add (local.get $o) (local.get $k)) (f64.add (f64.load (i32.add (local.get $o) (local.get $k))) (f64.mul (local.get $f) (f64.load (i32.add (local.get $r) (local.get $k))))))
        (local.set $k (i32.add (local.get $k) (i32.const 8)))
        (br $single)))
  )
  ;; y += A x for a symmetric matrix of which the lower triangle is read, rows stride bytes apart.
  (func (export "timesSymmetric") (param $m i32) (param $stride i32) (param $size i32) (param $x i32) (param $y i32)
    (local $xv v128) (local $r v128) (local $s v128) (local $u v128) (local $v v128) (local $w v128) (local $own f64) (local $t f64) (local $row i32) (local $eights i32) (local $k i32) (local $pairs i32) (local $all i32)
    (block $row_end
      (loop $next
        (br_if $row_end (i32.ge_u (local.get $row) (local.get $size)))
        ;; Bytes before the diagonal: of everything, of whole pairs, and of whole eights.
        (local.set $all (i32.shl (local.get $row) (i32.const 3)))
        (local.set $pairs (i32.and (local.get $all) (i32.const -16)))
        (local.set $eights (i32.and (local.get $all) (i32.const -64)))
        (local.set $own (f64.load (i32.add (local.get $x) (local.get $all))))
        (local.set $xv (f64x2.splat (local.get $own)))
        (local.set $s (v128.const f64x2 0 0))
        (local.set $u (v128.const f64x2 0 0))
        (local.set $v (v128.const f64x2 0 0))
        (local.set $w (v128.const f64x2 0 0))
        (local.set $t (f64.const 0))
        (local.set $k (i32.const 0))
        (block $eight_end
          (loop $eight
            (br_if $eight_end (i32.ge_u (local.get $k) (local.get $eights)))
            (local.set $r (v128.load align=8 (i32.add (local.get $m) (local.get $k))))
            (v128.store align=8 (i32.add (local.get $y) (local.get $k)) (f64x2.add (v128.load align=8 (i32.add (local.get $y) (local.get $k))) (f64x2.mul (local.get $r) (local.get $xv))))
            (local.set $s (f64x2.add (local.get $s) (f64x2.mul (local.get $r) (v128.load align=8 (i32.add (local.get $x) (local.get $k))))))
            (local.set $r (v128.load offset=16 align=8 (i32.add (local.get $m) (local.get $k))))
            (v128.store offset=16 align=8 (i32.add (local.get $y) (local.get $k)) (f64x2.add (v128.load offset=16 align=8 (i32.add (local.get $y) (local.get $k))) (f64x2.mul (local.get $r) (local.get $xv))))
            (local.set $u (f64x2.add (local.get $u) (f64x2.mul (local.get $r) (v128.load offset=16 align=8 (i32.add (local.get $x) (local.get $k))))))
            (local.set $r (v128.load offset=32 align=8 (i32.add (local.get $m) (local.get $k))))
            (v128.store offset=32 align=8 (i32.add (local.get $y) (local.get $k)) (f64x2.add (v128.load offset=32 align=8 (i32.add (local.get $y) (local.get $k))) (f64x2.mul (local.get $r) (local.get $xv))))
            (local.set $v (f64x2.add (local.get $v) (f64x2.mul (local.get $r) (v128.load offset=32 align=8 (i32.add (local.get $x) (local.get $k))))))
            (local.set $r (v128.load offset=48 align=8 (i32.add (local.get $m) (local.get $k))))
            (v128.store offset=48 align=8 (i32.add (local.get $y) (local.get $k)) (f64x2.add (v128.load offset=48 align=8 (i32.add (local.get $y) (local.get $k))) (f64x2.mul (local.get $r) (local.get $xv))))
            (local.set $w (f64x2.add (local.get $w) (f64x2.mul (local.get $r) (v128.load offset=48 align=8 (i32.add (local.get $x) (local.get $k))))))
            (local.set $k (i32.add (local.get $k) (i32.const 64)))
            (br $eight)))
        (block $pair_end
          (loop $pair
            (br_if $pair_end (i32.ge_u (local.get $k) (local.get $pairs)))
            (local.set $r (v128.load align=8 (i32.add (local.get $m) (local.get $k))))
            (v128.store align=8 (i32.add (local.get $y) (local.get $k)) (f64x2.add (v128.load align=8 (i32.add (local.get $y) (local.get $k))) (f64x2.mul (local.get $r) (local.get $xv))))
            (local.set $s (f64x2.add (local.get $s) (f64x2.mul (local.get $r) (v128.load align=8 (i32.add (local.get $x) (local.get $k))))))
            (local.set $k (i32.add (local.get $k) (i32.const 16)))
            (br $pair)))
        (if (i32.lt_u (local.get $k) (local.get $all))
          (then
            (local.set $t (f64.mul (f64.load (i32.add (local.get $m) (local.get $k))) (f64.load (i32.add (local.get $x) (local.get $k)))))
            (f64.store (i32.add (local.get $y) (local.get $k)) (f64.add (f64.load (i32.add (local.get $y) (local.get $k))) (f64.mul (f64.load (i32.add (local.get $m) (local.get $k))) (local.get $own))))))
        (local.set $s (f64x2.add (f64x2.add (local.get $s) (local.get $u)) (f64x2.add (local.get $v) (local.get $w))))
        (local.set $t (f64.add (local.get $t) (f64.add (f64x2.extract_lane 0 (local.get $s)) (f64x2.extract_lane 1 (local.get $s)))))
        (local.set $k (local.get $all))
        (f64.store (i32.add (local.get $y) (local.get $k)) (f64.add (f64.load (i32.add (local.get $y) (local.get $k))) (f64.add (local.get $t) (f64.mul (f64.load (i32.add (local.get $m) (local.get $k))) (local.get $own)))))
        (local.set $m (i32.add (local.get $m) (local.get $stride)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $next)))
  )
  ;; A -= a b^T + b a^T in the lower triangle, rows stride bytes apart; with it, in every other row, the number after the
  ;; diagonal.
  (func (export "lessPair") (param $m i32) (param $stride i32) (param $size i32) (param $a i32) (param $b i32)
    (local $av v128) (local $bv v128) (local $row i32) (local $eights i32) (local $k i32) (local $pairs i32)
    (block $row_end
      (loop $next
        (br_if $row_end (i32.ge_u (local.get $row) (local.get $size)))
        (local.set $k (i32.shl (local.get $row) (i32.const 3)))
        (local.set $av (f64x2.splat (f64.load (i32.add (local.get $a) (local.get $k)))))
        (local.set $bv (f64x2.splat (f64.load (i32.add (local.get $b) (local.get $k)))))
        ;; Up to the diagonal, in whole pairs.
        (local.set $pairs (i32.and (i32.add (local.get $k) (i32.const 16)) (i32.const -16)))
        (local.set $eights (i32.and (local.get $pairs) (i32.const -64)))
        (local.set $k (i32.const 0))
        (block $eight_end
          (loop $eight
            (br_if $eight_end (i32.ge_u (local.get $k) (local.get $eights)))
            (v128.store align=8 (i32.add (local.get $m) (local.get $k)) (f64x2.sub (v128.load align=8 (i32.add (local.get $m) (local.get $k))) (f64x2.add (f64x2.mul (local.get $av) (v128.load align=8 (i32.add (local.get $b) (local.get $k)))) (f64x2.mul (local.get $bv) (v128.load align=8 (i32.add (local.get $a) (local.get $k)))))))
            (v128.store offset=16 align=8 (i32.add (local.get $m) (local.get $k)) (f64x2.sub (v128.load offset=16 align=8 (i32.add (local.get $m) (local.get $k))) (f64x2.add (f64x2.mul (local.get $av) (v128.load offset=16 align=8 (i32.add (local.get $b) (local.get $k)))) (f64x2.mul (local.get $bv) (v128.load offset=16 align=8 (i32.add (local.get $a) (local.get $k)))))))
            (v128.store offset=32 align=8 (i32.add (local.get $m) (local.get $k)) (f64x2.sub (v128.load offset=32 align=8 (i32.add (local.get $m) (local.get $k))) (f64x2.add (f64x2.mul (local.get $av) (v128.load offset=32 align=8 (i32.add (local.get $b) (local.get $k)))) (f64x2.mul (local.get $bv) (v128.load offset=32 align=8 (i32.add (local.get $a) (local.get $k)))))))
            (v128.store offset=48 align=8 (i32.add (local.get $m) (local.get $k)) (f64x2.sub (v128.load offset=48 align=8 (i32.add (local.get $m) (local.get $k))) (f64x2.add (f64x2.mul (local.get $av) (v128.load offset=48 align=8 (i32.add (local.get $b) (local.get $k)))) (f64x2.mul (local.get $bv) (v128.load offset=48 align=8 (i32.add (local.get $a) (local.get $k)))))))
            (local.set $k (i32.add (local.get $k) (i32.const 64)))
            (br $eight)))
        (block $pair_end
          (loop $pair
            (br_if $pair_end (i32.ge_u (local.get $k) (local.get $pairs)))
            (v128.store align=8 (i32.add (local.get $m) (local.get $k)) (f64x2.sub (v128.load align=8 (i32.add (local.get $m) (local.get $k))) (f64x2.add (f64x2.mul (local.get $av) (v128.load align=8 (i32.add (local.get $b) (local.get $k)))) (f64x2.mul (local.get $bv) (v128.load align=8 (i32.add (local.get $a) (local.get $k)))))))
            (local.set $k (i32.add (local.get $k) (i32.const 16)))
            (br $pair)))
        (local.set $m (i32.add (local.get $m) (local.get $stride)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $next)))
  )
)
