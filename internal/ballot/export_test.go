package ballot

import (
	"context"

	"folkmoot/internal/motion"
)

// OpenFound does what Tick does with a motion that it found due, which may have changed since.
func (s *Service) OpenFound(ctx context.Context, m motion.Motion) error { return s.open(ctx, m) }

// CloseFound does what Tick does with a ballot that it found due, though it may not be any more.
func (s *Service) CloseFound(ctx context.Context, b Ballot) error { return s.close(ctx, b) }
