// Package design is the page /design: every pattern of kit/ui with the data of
// one made-up company, 华衡智能装备, at one moment: Friday 9 October 2026,
// 10:24, the week after 国庆, with a 调休 Saturday ahead. It is where a
// component is looked at, in both languages and themes and on the phone, and
// where the browser tests look for faults of accessibility and layout.
//
// It uses no room: View(name) is a component, Names lists them.
package design
