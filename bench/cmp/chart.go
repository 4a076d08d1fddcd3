// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

var (
	within    = color.RGBA{0x4c, 0x8c, 0xb5, 0xff}
	undecided = color.RGBA{0xa9, 0xc3, 0xd6, 0xff}
	above     = color.RGBA{0xd0, 0x5a, 0x4a, 0xff}
)

// chart draws the rows that have a bar: how much of it each ratio takes.
func chart(rows []row, name string) error {
	rows = slices.Clone(rows)
	rows = slices.DeleteFunc(rows, func(r row) bool { return r.Most == 0 || r.skip != "" })
	slices.Reverse(rows) // the first is to be on top

	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	plotter.DefaultFont = plot.DefaultFont
	p := plot.New()
	p.Title.Text = "Time over that of the yardstick, as a part of what is allowed (pale: undecided)"
	p.X.Min = 0
	p.X.Tick.Marker = plot.TickerFunc(percents)

	var names []string
	widest := 1.0
	var ends plotter.XYLabels
	for i, r := range rows {
		part := r.Median / r.Most
		widest = max(widest, part)
		bar, err := plotter.NewBarChart(plotter.Values{part}, vg.Points(13))
		if err != nil {
			return err
		}
		bar.Horizontal = true
		bar.XMin = float64(i)
		bar.LineStyle.Width = 0
		switch {
		case r.missed():
			bar.Color = above
		case r.undecided():
			bar.Color = undecided
		default:
			bar.Color = within
		}
		p.Add(bar)
		names = append(names, "  "+r.Work+" / "+r.Over)
		ends.XYs = append(ends.XYs, plotter.XY{X: max(part, 1), Y: float64(i)}) // clear of the line
		ends.Labels = append(ends.Labels, fmt.Sprintf("%s of %.2f", number(r.Median), r.Most))
	}
	if len(rows) != 0 {
		p.NominalY(names...)
		p.Y.Tick.Length = 0
		p.Y.Min, p.Y.Max = -0.5, float64(len(rows))-0.5
		labels, err := plotter.NewLabels(ends)
		if err != nil {
			return err
		}
		for i := range labels.TextStyle {
			labels.TextStyle[i].YAlign = text.YCenter
		}
		labels.Offset = vg.Point{X: vg.Points(4)}
		p.Add(labels)
	}
	limit, err := plotter.NewLine(plotter.XYs{{X: 1, Y: -0.5}, {X: 1, Y: float64(len(rows)) - 0.5}})
	if err != nil {
		return err
	}
	limit.Width = vg.Points(1.5)
	p.Add(limit)
	p.X.Max = widest + 0.4 // room for the last label
	return save(p, vg.Length(len(rows))*22+60, name)
}

// save writes p as SVG. Where there is no Liberation Sans, fonts of the same widths
// take its place.
func save(p *plot.Plot, height vg.Length, name string) error {
	svg, err := p.WriterTo(8*vg.Inch, height, "svg")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := svg.WriteTo(&b); err != nil {
		return err
	}
	return os.WriteFile(name, bytes.ReplaceAll(b.Bytes(), []byte("Liberation Sans"), []byte("Liberation Sans,Arial,Helvetica,sans-serif")), 0o666)
}

// percents marks the axis.
func percents(_, hi float64) (ticks []plot.Tick) {
	for part := 0.0; part <= hi; part += 0.5 {
		ticks = append(ticks, plot.Tick{Value: part, Label: fmt.Sprintf("%.0f %%", 100*part)})
	}
	return ticks
}
