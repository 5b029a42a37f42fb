namespace EmotionMLNet.Networks;

/// <summary>How a network's logits become one probability a class.</summary>
internal enum OutputHead
{
    /// <summary>One logit a class, softmax over them.</summary>
    Softmax,

    /// <summary>One logit z for two classes: P(class 1) = sigmoid(z), P(class 0) = 1 - P(class 1).</summary>
    Sigmoid,
}
