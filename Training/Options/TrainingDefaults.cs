using EmotionMLNet.Faces;
using EmotionMLNet.Onnx;

namespace EmotionMLNet.Training.Options;

/// <summary>The recommended settings of each architecture.</summary>
internal static class TrainingDefaults
{
    /// <summary>
    /// Factor on the learning rate where training begins with trained weights: see docs/training.md for what was measured.
    /// </summary>
    public const float FineTuningFactor = 0.1f;

    /// <summary>The options with a learning rate for trained weights: the full one drives them away before it makes them better.</summary>
    public static TrainingOptions ForTrainedWeights(TrainingOptions options) =>
        options with
        {
            Optimisation = options.Optimisation with
            {
                LearningRate = (float)((decimal)options.Optimisation.LearningRate * (decimal)FineTuningFactor),
                IsFineTuningRate = true,
            },
        };

    /// <summary>
    /// The options for a head on frozen features: the moving average of a recipe is made for the many steps of a whole network.
    /// </summary>
    public static TrainingOptions ForHead(TrainingOptions options) =>
        options with
        {
            Optimisation = options.Optimisation with { WeightAverage = 0 },
        };

    /// <summary>
    /// The options with a warm-up of at most a fifth of the run: a default that was made for 30 epochs must not forbid one.
    /// </summary>
    public static TrainingOptions FitWarmUp(TrainingOptions options) =>
        options with
        {
            Optimisation = options.Optimisation with
            {
                WarmUp = Math.Clamp(options.Optimisation.Epochs / 5f, 0, options.Optimisation.WarmUp),
            },
        };

    /// <summary>Recommended settings of a face detector.</summary>
    /// <param name="data">The boxes.</param>
    public static TrainingOptions ForFaces(string data) =>
        new()
        {
            Data = new() { Path = data, ValidationFraction = 0.1 },
            Network = new() { Architecture = FaceNetwork.Name },
            Faces = new(),
            Optimisation = new()
            {
                Epochs = 20,
                BatchSize = 16,
                Optimiser = OptimiserKind.AdamW,
                LearningRate = 1e-3f,
                WeightDecay = 0.01f,
                Schedule = ScheduleKind.Cosine,
                WarmUp = 0.5f,
                WeightAverage = 0.999f,
                ClipNorm = 10,
                Metric = SelectionMetric.AveragePrecision,
            },
            Output = new() { ZipWeights = OnnxWeights.Half },
        };

    public static TrainingOptions For(string architecture, string data) =>
        architecture switch
        {
            // Nesterov SGD beat five other optimisers on FER2013 (Khaireddin and Chen 2021, arXiv:2105.03588, table 1); the cosine with
            // warm-up and the average of weights replace its 300 epochs by 30.
            "emotion-cnn" => new TrainingOptions
            {
                Data = new() { Path = data },
                Network = new() { Architecture = architecture },
                Optimisation = new()
                {
                    Optimiser = OptimiserKind.Sgd,
                    LearningRate = 0.05f,
                    WeightDecay = 5e-4f,
                    Schedule = ScheduleKind.Cosine,
                    WarmUp = 1,
                    WeightAverage = 0.999f,
                },
                Loss = new() { LabelSmoothing = 0.1f },
                Augmentation = new AugmentationOptions
                {
                    Flip = true,
                    Rotate = 10,
                    Shift = 0.1f,
                    Scale = 0.1f,
                    Brightness = 0.2f,
                    Contrast = 0.2f,
                },
            },
            "happy-sad-cnn" => new TrainingOptions
            {
                Data = new() { Path = data },
                Network = new() { Architecture = architecture },
                Optimisation = new() { Epochs = 20, BatchSize = 16 },
                Augmentation = new AugmentationOptions
                {
                    Flip = true,
                    Rotate = 5,
                    Shift = 0.05f,
                    Scale = 0.1f,
                },
            },
            _ => new TrainingOptions
            {
                Data = new() { Path = data },
                Network = new() { Architecture = architecture },
                Optimisation = new() { Schedule = ScheduleKind.Plateau },
                Augmentation = new AugmentationOptions
                {
                    Flip = true,
                    Rotate = 10,
                    Shift = 0.1f,
                    Scale = 0.1f,
                },
            },
        };
}
