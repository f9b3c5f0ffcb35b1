package org

import "neike/internal/kit/web"

func (s *Service) Routes() []web.Route { return nil }
