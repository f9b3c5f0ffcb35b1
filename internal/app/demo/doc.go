// Package demo builds a company to look at: 华衡智能装备, fourteen departments with the services of the packs, two project
// departments, a third that was merged into the second, a plant on shifts at a site of its own, 200 people, and a year of
// requests between them.
//
// Everything goes through the use cases that people use, by people who may do it, on a simulated clock; nothing is written
// past them. The same options give the same company, byte for byte. The stories to find in it stand in stories.go.
package demo
