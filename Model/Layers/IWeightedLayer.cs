using EmotionMLNet.Tensors;

namespace EmotionMLNet.Layers;

/// <summary>A layer whose backward pass consists of two products that share nothing but dY: one for the weights, one for the data.</summary>
internal interface IWeightedLayer
{
    /// <summary>Writes the gradients of the layer's parameters that learn.</summary>
    void BackwardWeights(LayerContext context);

    /// <summary>Writes InputGradients[0], if it is wanted.</summary>
    void BackwardData(LayerContext context);

    /// <summary>How products of inputs of this shape are computed.</summary>
    string Algorithm(Shape x);
}
