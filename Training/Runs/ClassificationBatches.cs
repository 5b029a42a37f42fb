using EmotionMLNet.Networks;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Tensors;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Metrics;
using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Runs;

/// <summary>Batches of pictures with a label each, whole or as features.</summary>
internal abstract class ClassificationBatches : BatchSource
{
    /// <param name="options">Free of problems.</param>
    /// <param name="whole">The network of the model.</param>
    /// <param name="preprocessing">The preprocessing that made the data's pixels.</param>
    /// <param name="data">Train and validation splits; a test split is not looked at.</param>
    /// <exception cref="TrainingException">There are no training images.</exception>
    protected ClassificationBatches(TrainingOptions options, Network whole, ImagePreprocessing preprocessing, Dataset data)
        : base(options, whole, Require(options, data).Count)
    {
        Train = Require(options, data);
        Preprocessing = preprocessing;
        Data = data;
    }

    public ImagePreprocessing Preprocessing { get; }

    public Dataset Data { get; }

    /// <summary>The training split.</summary>
    public ImageSet Train { get; }

    /// <summary>The images that epochs are compared by.</summary>
    /// <exception cref="TrainingException">There are none.</exception>
    public ImageSet Validation => Data.RequireValidation(Options.Data.Path);

    /// <summary>[N, Classes] probabilities of the last validation, row-major; empty before the first.</summary>
    public float[] ValidationProbabilities { get; private set; } = [];

    public override int ValidationExamples => Validation.Count;

    public override int TargetLength => Train.TargetLength;

    public override string DataFingerprint => Data.Fingerprint + Data.Changes.Fingerprint;

    public override BaselineAccuracy Baseline => BaselineAccuracy.Compute(Validation.Classes, Data.Labels.Count);

    public override int? CountCorrect(Tensor logits, Tensor targets)
    {
        int correct = 0, classes = Train.Labels.Count;
        for (int n = 0; n < targets.Batch; n++)
            if (Predict(logits.Image(n), classes) == ClassificationReport.ArgMax(targets.Image(n)[..classes])) correct++;
        return correct;
    }

    /// <summary>The figures of a validation, whose probabilities are kept until the next.</summary>
    protected ValidationFigures Judge(float[] probabilities)
    {
        ValidationProbabilities = probabilities;
        return ValidationFigures.OfLabels(ClassificationReport.Compute(Data.Labels, probabilities, Validation.Classes));
    }

    // Behind the labels' logits there may be those of a second task.
    private int Predict(ReadOnlySpan<float> logits, int classes)
        => Network.Head != OutputHead.Sigmoid ? ClassificationReport.ArgMax(logits[..classes]) : logits[0] > 0 ? 1 : 0;

    private static ImageSet Require(TrainingOptions options, Dataset data) =>
        data[Split.Train] ?? throw new TrainingException($"{options.Data.Path} has no training images.");
}
