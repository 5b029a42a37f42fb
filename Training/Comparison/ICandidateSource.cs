using EmotionMLNet.Training.Options;

namespace EmotionMLNet.Training.Comparison;

/// <summary>Makes candidates that are no networks of ours from texts: the way of other libraries into a comparison.</summary>
internal interface ICandidateSource
{
    /// <summary>How its texts begin, "mlnet:".</summary>
    string Prefix { get; }

    /// <summary>The texts that it understands, in a few words for a line of help.</summary>
    string Forms { get; }

    /// <summary>The trainer that a text asks for.</summary>
    /// <param name="text">With the prefix.</param>
    /// <param name="options">Settings that apply to all candidates.</param>
    /// <exception cref="TrainingException">The text is not understood, or what it names is not there.</exception>
    ICandidateTrainer Create(string text, TrainingOptions options);
}
