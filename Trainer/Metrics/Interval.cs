namespace EmotionMLNet.Trainer.Metrics;

/// <summary>A figure with its 95 % interval.</summary>
internal readonly record struct Interval(double Value, double Low, double High);
