package demo

import "time"

// habit is how a unit works on the requests of a customer: everything that makes one relation differ from another.
type habit struct {
	speed    float64 // share of the time limit that half of the cases need
	spread   float64 // of the logarithm of that share
	asks     float64 // share of cases that are asked back
	returned float64 // share of deliveries that come back
	silent   float64 // share of cases whose first answer comes late
	on       string  // unit that others' work waits for
	waits    float64 // share of cases that do
}

var ordinary = habit{speed: 0.5, spread: 0.42, asks: 0.12, returned: 0.05, silent: 0.03}

// story changes a habit where it applies. Zero fields hold for all.
type story struct {
	provider, customer, service string
	from, to                    float64 // share of the year; 0 = its beginning, 1 = today, lately = when the period begins that homes show
	change                      func(*habit)
}

// lately is when the period begins that homes show: what changed then is seen there, whatever day it is.
const lately = -1

// stories are what there is to find in the company's year.
var stories = []story{
	// The relation that broke in autumn: Finance and Projects I, over expense claims.
	{provider: "finance", customer: "proj1", from: lately, to: 1, change: func(h *habit) { h.speed, h.spread, h.asks, h.returned = 0.98, 0.5, 0.35, 0.14 }},
	// The fast but wrong service: devices come the same day, and half of them go back.
	{service: "it.device", from: 0, to: 1, change: func(h *habit) { h.speed, h.returned = 0.2, 0.5 }},
	// The slow one that waits for its customers: Legal asks back in more than half of the contracts.
	{provider: "legal", from: 0, to: 1, change: func(h *habit) { h.speed, h.asks = 0.72, 0.55 }},
	// The one that waits for its supplier: what breaks down in Production stands until Procurement has the spare part.
	{provider: "equipment", customer: "production", from: 0, to: 1, change: func(h *habit) { h.on, h.waits = "procurement", 0.7 }},
	// The one that improved: Procurement was late for many, until it changed its way of working.
	{provider: "procurement", from: 0, to: lately, change: func(h *habit) { h.speed, h.spread, h.silent = 1.2, 0.5, 0.2 }},
	{provider: "procurement", from: lately, to: 1, change: func(h *habit) { h.speed, h.spread = 0.4, 0.35 }},
	// The quick ones.
	{provider: "it", from: 0, to: 1, change: func(h *habit) { h.speed, h.spread = 0.36, 0.4 }},
	{provider: "warehouse", from: 0, to: 1, change: func(h *habit) { h.speed, h.spread = 0.34, 0.3 }},
	// Quality keeps its word to Production, month after month.
	{provider: "quality", customer: "production", from: 0, to: 1, change: func(h *habit) { h.speed, h.spread = 0.36, 0.3 }},
	// Quality and R&D disagree: what one delivers the other sends back.
	{provider: "rd", customer: "quality", from: 0, to: 1, change: func(h *habit) { h.returned = 0.24 }},
}

// habitOf is how a unit works for a customer on a service at a moment of the year; turned is when the period began that homes show.
func habitOf(provider, customer, service string, at, turned float64) habit {
	h := ordinary
	for _, s := range stories {
		if s.from == lately {
			s.from = turned
		}
		if s.to == lately {
			s.to = turned
		}
		if (s.provider == "" || s.provider == provider) && (s.customer == "" || s.customer == customer) &&
			(s.service == "" || s.service == service) && at >= s.from && at <= s.to {
			s.change(&h)
		}
	}
	return h
}

// busy is how much of the year's traffic goes from a provider to its customers. What is not named gets little, and the
// silo nothing: marketing and production do not know each other.
var busy = map[string]map[string]float64{
	"finance":     {"proj1": 10, "proj2": 8, "sales": 8, "procurement": 5, "production": 4, "rd": 4, "marketing": 4, "admin": 1},
	"hr":          {"production": 8, "rd": 5, "sales": 4, "proj1": 4, "service": 4, "it": 1},
	"it":          {"rd": 14, "production": 7, "proj2": 5, "proj1": 5, "sales": 5, "finance": 5, "hr": 4, "procurement": 4, "warehouse": 4, "service": 4},
	"legal":       {"sales": 7, "procurement": 5, "proj1": 4, "proj2": 1},
	"procurement": {"production": 24, "rd": 6, "warehouse": 4, "quality": 4, "proj1": 5, "proj2": 4, "equipment": 4, "admin": 1},
	"admin":       {"sales": 6, "production": 5, "rd": 4, "service": 4, "finance": 4, "marketing": 4},
	"marketing":   {"sales": 9, "rd": 4, "service": 1},
	"sales":       {"rd": 4, "production": 5, "proj1": 4, "proj2": 1},
	"rd":          {"production": 9, "quality": 6, "sales": 7, "service": 5, "proj1": 6, "proj2": 5},
	"quality":     {"production": 15, "procurement": 8, "rd": 4, "warehouse": 4, "proj1": 4, "service": 4},
	"production":  {"sales": 7, "proj1": 7, "proj2": 6, "warehouse": 4, "rd": 5},
	"equipment":   {"production": 20, "warehouse": 4, "quality": 1, "rd": 1},
	"warehouse":   {"production": 20, "sales": 6, "procurement": 5, "proj1": 5, "proj2": 4, "service": 4},
	"service":     {"sales": 8, "rd": 4, "quality": 4, "proj1": 1},
}

// silo lists pairs between which nothing flows.
var silo = map[[2]string]bool{{"marketing", "production"}: true, {"production", "marketing"}: true, {"marketing", "warehouse"}: true, {"legal", "warehouse"}: true}

const little = 0.03 // traffic of a pair that busy does not name

// season is how busy a day is: less in the weeks of Spring Festival, more at quarter's end.
func season(at time.Time) float64 {
	f := 1.0
	if at.Month() == time.February {
		f *= 0.6
	}
	if at.Month()%3 == 0 && at.Day() > 20 {
		f *= 1.4
	}
	return f
}
